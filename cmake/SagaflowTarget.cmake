# sagaflow_library(NAME sqlite SOURCES … LINK_PUBLIC … LINK_PRIVATE …) makes target sagaflow_<name>, alias sagaflow::<name>.
# sagaflow_flags(TARGET) sets the house's warnings and sanitizers on a target of ours.
function(sagaflow_flags target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    $<$<BOOL:${SAGAFLOW_WERROR}>:-Werror>)
  if(SAGAFLOW_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${SAGAFLOW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${SAGAFLOW_SANITIZE})
  endif()
endfunction()

function(sagaflow_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINK_PUBLIC;LINK_PRIVATE" ${ARGN})
  if(ARG_NAME STREQUAL "sagaflow")
    set(target sagaflow)
  else()
    set(target sagaflow_${ARG_NAME})
  endif()
  add_library(${target} ${ARG_SOURCES})
  add_library(sagaflow::${ARG_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  sagaflow_flags(${target})
  target_link_libraries(${target} PUBLIC ${ARG_LINK_PUBLIC} PRIVATE ${ARG_LINK_PRIVATE})
endfunction()
