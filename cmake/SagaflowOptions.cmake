# Every option of the build. Tests, examples and benchmarks are built only when sagaflow is the top-level project.
option(SAGAFLOW_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(SAGAFLOW_WERROR "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})
set(SAGAFLOW_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")
