# sagaflow_test(NAME store_sqlite SOURCES … LINK …): a GoogleTest program; each of its tests is one of ctest's.
find_package(GTest REQUIRED)
include(GoogleTest)

function(sagaflow_test)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINK" ${ARGN})
  set(target test_${ARG_NAME})
  add_executable(${target} ${ARG_SOURCES})
  sagaflow_flags(${target})
  target_link_libraries(${target} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${target} TEST_PREFIX "${ARG_NAME}." DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
