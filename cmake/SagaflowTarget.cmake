# sagaflow_library(NAME sqlite SOURCES … LINK_PUBLIC … LINK_PRIVATE …) makes target sagaflow_<name> with the
# alias sagaflow::<name>, and installs it as the component <name> with what its users need to find. Without SOURCES it is
# header-only. The public headers <name>.hpp, <name>_….hpp and <name>/… belong to it.
# sagaflow_flags(TARGET) sets the house's warnings and sanitizers on a target of ours.
include(GNUInstallDirs)
include(SagaflowInstall)

function(sagaflow_flags target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    $<$<BOOL:${SAGAFLOW_WERROR}>:-Werror>
    # False alarms of optimised g++ 12 on std::string (its bug 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
  if(SAGAFLOW_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${SAGAFLOW_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    if(SAGAFLOW_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      target_compile_options(${target} PRIVATE -fno-sanitize=function) # clang 14 can't emit it for coroutines
      target_compile_options(${target} PRIVATE -fno-sanitize=vptr) # needs a free file descriptor: some tests leave none
    endif()
    target_link_options(${target} PUBLIC -fsanitize=${SAGAFLOW_SANITIZE})
  endif()
  if(SAGAFLOW_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

function(sagaflow_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINK_PUBLIC;LINK_PRIVATE" ${ARGN})
  set(target sagaflow)
  if(NOT ARG_NAME STREQUAL "sagaflow")
    set(target sagaflow_${ARG_NAME})
  endif()
  set(include $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  if(ARG_SOURCES)
    add_library(${target} ${ARG_SOURCES})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON VERSION ${PROJECT_VERSION}
      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    target_include_directories(${target} PUBLIC ${include} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    sagaflow_flags(${target})
    target_link_libraries(${target} PUBLIC ${ARG_LINK_PUBLIC} PRIVATE ${ARG_LINK_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    target_compile_features(${target} INTERFACE cxx_std_20)
    target_include_directories(${target} INTERFACE ${include})
    target_link_libraries(${target} INTERFACE ${ARG_LINK_PUBLIC})
  endif()
  add_library(sagaflow::${ARG_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME})
  if(SAGAFLOW_INSTALL)
    sagaflow_install(${target} NAME ${ARG_NAME} LINK_PUBLIC ${ARG_LINK_PUBLIC}
      LINK_PRIVATE ${ARG_LINK_PRIVATE})
  endif()
endfunction()
