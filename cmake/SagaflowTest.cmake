# sagaflow_test(NAME store_sqlite SOURCES … LINK … [LONG] [SERVICE kafka] [OWN_SERVICE]): a GoogleTest program; each of its
# tests is one of ctest's, labelled `cpp`. With SERVICE they share a server of that kind, see SagaflowService.cmake; with
# OWN_SERVICE each may start one that it kills (tests/support/own_service.hpp). The label of both is `service`: they run
# without sanitizers only. With LONG the label is `cpp-long`; what has `long` in its label runs in `./check --all` only,
# which also sets SAGAFLOW_LONG=1 for those that do more then. What several folders of tests share is in tests/support.
# sagaflow_fuzzer(NAME json SOURCES … LINK …): a libFuzzer program (with SAGAFLOW_FUZZ); its seeds are the files of
# corpus/<name> beside it, its words those of <name>.dict, if there is one. It runs for some seconds, and for ten minutes
# as a `long` test. Without SAGAFLOW_FUZZ, with any compiler, the seeds alone are run, once.
find_package(GTest REQUIRED)
include(GoogleTest)
include(SagaflowService)

# What the sanitizers' presets build: everything that is labelled `cpp`.
add_custom_target(sagaflow_cpp_tests)

# Optimising instrumented code is what takes longest there; the libraries under test are optimised as the preset says.
function(sagaflow_test_flags target)
  sagaflow_flags(${target})
  if(SAGAFLOW_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()

# What tests include of std and GoogleTest is compiled once for all of them. None of our headers is among it, and the
# libraries and examples are compiled without it, so that a missing include is still found.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/no_source.cpp CONTENT "")
add_library(sagaflow_test_headers OBJECT ${PROJECT_BINARY_DIR}/no_source.cpp)
sagaflow_test_flags(sagaflow_test_headers)
target_link_libraries(sagaflow_test_headers PRIVATE GTest::gmock)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(sagaflow_test_headers PRIVATE "SHELL:-Xclang -fno-pch-timestamp") # ccache knows it again
endif()
target_precompile_headers(sagaflow_test_headers PRIVATE <algorithm> <array> <atomic> <chrono> <condition_variable>
  <filesystem> <fstream> <functional> <future> <iostream> <map> <memory> <mutex> <optional> <set> <span> <sstream>
  <stdexcept> <string> <string_view> <thread> <utility> <variant> <vector> <gmock/gmock.h> <gtest/gtest.h>)

function(sagaflow_test)
  cmake_parse_arguments(ARG "LONG;OWN_SERVICE" "NAME;SERVICE" "SOURCES;LINK" ${ARGN})
  set(target test_${ARG_NAME})
  set(label cpp)
  if(ARG_SERVICE OR ARG_OWN_SERVICE)
    set(label service)
  endif()
  if(ARG_LONG)
    set(label cpp-long)
  endif()
  add_executable(${target} ${ARG_SOURCES})
  sagaflow_test_flags(${target})
  target_precompile_headers(${target} REUSE_FROM sagaflow_test_headers)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main)
  if(ARG_OWN_SERVICE)
    target_compile_definitions(${target} PRIVATE SAGAFLOW_SERVICES="${PROJECT_SOURCE_DIR}/services")
  endif()
  if(label STREQUAL "service" AND SAGAFLOW_SANITIZE)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON) # to be built and run by hand
    return()
  endif()
  if(label MATCHES cpp)
    add_dependencies(sagaflow_cpp_tests ${target})
  endif()
  set(service "")
  if(ARG_SERVICE)
    sagaflow_service(${ARG_SERVICE} service)
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${ARG_NAME}." DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 300 LABELS ${label} ${service})
endfunction()

function(sagaflow_fuzzer)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINK" ${ARGN})
  set(target fuzz_${ARG_NAME})
  set(seeds ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${ARG_NAME})
  add_executable(${target} ${ARG_SOURCES})
  add_dependencies(sagaflow_cpp_tests ${target})
  sagaflow_flags(${target})
  target_link_libraries(${target} PRIVATE ${ARG_LINK})
  if(NOT SAGAFLOW_FUZZ)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
    add_test(NAME fuzz.${ARG_NAME}.seeds COMMAND ${target} ${seeds})
    set_tests_properties(fuzz.${ARG_NAME}.seeds PROPERTIES LABELS cpp TIMEOUT 300)
    return()
  endif()
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set(words "")
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_NAME}.dict)
    set(words -dict=${CMAKE_CURRENT_SOURCE_DIR}/${ARG_NAME}.dict)
  endif()
  foreach(run IN ITEMS short long)
    set(seconds 15)
    set(label cpp)
    if(run STREQUAL "long")
      set(seconds 600)
      set(label cpp-long)
    endif()
    set(found ${CMAKE_CURRENT_BINARY_DIR}/corpus/${ARG_NAME})
    file(MAKE_DIRECTORY ${found})
    # The first folder takes what the run finds; the seeds are only read.
    add_test(NAME fuzz.${ARG_NAME}.${run} COMMAND ${target} -max_total_time=${seconds} -timeout=10 -rss_limit_mb=2048
      -print_final_stats=1 -artifact_prefix=${CMAKE_CURRENT_BINARY_DIR}/ ${words} ${found} ${seeds})
    set_tests_properties(fuzz.${ARG_NAME}.${run} PROPERTIES LABELS ${label} TIMEOUT 900)
  endforeach()
endfunction()
