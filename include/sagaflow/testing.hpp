// How to test a saga's definition: transcripts (what it does, line by line) and simulation (what it does
// whatever happens). Link sagaflow::testing.
#pragma once

#include <sagaflow/testing/simulation.hpp>
#include <sagaflow/testing/transcript.hpp>
