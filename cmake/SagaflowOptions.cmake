# Every option of the build. Tests, examples and benchmarks are built only when sagaflow is the top-level project.
option(SAGAFLOW_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_INSTALL "Make the install rules" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_WERROR "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_FUZZ "Build the fuzzers (needs clang)" OFF)
set(SAGAFLOW_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

# An optional component is ON (its dependency must be there), OFF, or AUTO (built when its dependency is there).
# Inside another project nothing is guessed: that project switches on what it wants.
if(PROJECT_IS_TOP_LEVEL)
  set(default AUTO)
else()
  set(default OFF)
endif()
foreach(component IN ITEMS SQLITE HTTP YAML SPDLOG KAFKA AMQP)
  set(SAGAFLOW_WITH_${component} ${default} CACHE STRING "Build this component: ON, OFF or AUTO")
  set_property(CACHE SAGAFLOW_WITH_${component} PROPERTY STRINGS ON OFF AUTO)
endforeach()
unset(default)
