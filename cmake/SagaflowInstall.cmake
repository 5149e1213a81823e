# What `cmake --install` lays down: one export set, one component file and one .pc file per component, so that a user
# loads the dependencies of the components asked for and of no others.
include(CMakePackageConfigHelpers)

set(SAGAFLOW_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sagaflow)
# A public header <name>.hpp, <name>_….hpp or <name>/….hpp of one of these belongs to that component, every other one to
# the library.
set(SAGAFLOW_COMPONENTS sqlite http testing json asio yaml spdlog wire kafka amqp)

# Splits what a component links into components of ours, and how to find the rest.
function(sagaflow_install_requirements name public private)
  set(libs "")
  foreach(dependency IN LISTS public private)
    get_property(known GLOBAL PROPERTY SAGAFLOW_DEPENDENCIES)
    if(dependency MATCHES "^sagaflow::(.*)$")
      list(APPEND components ${CMAKE_MATCH_1})
      string(REPLACE "sagaflow-sagaflow" "sagaflow" module "sagaflow-${CMAKE_MATCH_1}")
      list(APPEND modules "${module} = ${PROJECT_VERSION}")
    elseif(dependency IN_LIST known)
      get_property(find GLOBAL PROPERTY SAGAFLOW_DEPENDENCY_FIND_${dependency})
      get_property(module GLOBAL PROPERTY SAGAFLOW_DEPENDENCY_PC_${dependency})
      get_property(lib GLOBAL PROPERTY SAGAFLOW_DEPENDENCY_PC_LIBS_${dependency})
      string(APPEND finds "find_dependency(${find})\n")
      list(APPEND foreign ${module})
      list(APPEND libs ${lib})
    else()
      message(FATAL_ERROR "component ${name} links ${dependency}: say in cmake/SagaflowDependencies.cmake how a user of "
        "the installed package finds it")
    endif()
  endforeach()
  string(REPLACE ";" ", " modules "${modules}")
  string(REPLACE ";" ", " foreign "${foreign}")
  string(REPLACE ";" " " libs "${libs}")
  set(needs_components "${components}" PARENT_SCOPE)
  set(needs_packages "${finds}" PARENT_SCOPE)
  set(pc_requires "${modules}" PARENT_SCOPE)
  set(pc_requires_private "${foreign}" PARENT_SCOPE)
  set(pc_libs_private "${libs}" PARENT_SCOPE)
endfunction()

function(sagaflow_install_headers name)
  file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR}/include CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.hpp)
  foreach(header IN LISTS headers)
    get_filename_component(folder ${header} DIRECTORY)
    set(owner sagaflow)
    # sagaflow/http_message.hpp → http; sagaflow/testing/transcript.hpp → testing
    string(REGEX REPLACE "^sagaflow/([a-z]+)[_./].*" "\\1" prefix ${header})
    if(prefix IN_LIST SAGAFLOW_COMPONENTS)
      set(owner ${prefix})
    endif()
    if(owner STREQUAL name)
      install(FILES ${PROJECT_SOURCE_DIR}/include/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder})
    endif()
  endforeach()
endfunction()

function(sagaflow_install target)
  cmake_parse_arguments(ARG "" "NAME" "LINK_PUBLIC;LINK_PRIVATE" ${ARGN})
  set(name ${ARG_NAME})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    set(ARG_LINK_PRIVATE "")  # its users need not find what it links itself
  endif()
  sagaflow_install_requirements(${name} "${ARG_LINK_PUBLIC}" "${ARG_LINK_PRIVATE}")
  sagaflow_install_headers(${name})

  install(TARGETS ${target} EXPORT sagaflow-${name} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(EXPORT sagaflow-${name} NAMESPACE sagaflow:: FILE sagaflow-${name}-targets.cmake
    DESTINATION ${SAGAFLOW_CMAKE_DIR})

  configure_file(${PROJECT_SOURCE_DIR}/cmake/sagaflow-component.cmake.in
    ${PROJECT_BINARY_DIR}/package/sagaflow-${name}.cmake @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/sagaflow-${name}.cmake DESTINATION ${SAGAFLOW_CMAKE_DIR})

  string(REPLACE "sagaflow-sagaflow" "sagaflow" pc_name "sagaflow-${name}")
  file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  set(pc_libs "")
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    set(pc_libs "-L\${libdir} -l${target}")
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/sagaflow.pc.in ${PROJECT_BINARY_DIR}/package/${pc_name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/${pc_name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

if(SAGAFLOW_INSTALL)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sagaflow-config.cmake.in
    ${PROJECT_BINARY_DIR}/package/sagaflow-config.cmake INSTALL_DESTINATION ${SAGAFLOW_CMAKE_DIR}
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/sagaflow-config-version.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/package/sagaflow-config.cmake
    ${PROJECT_BINARY_DIR}/package/sagaflow-config-version.cmake ${PROJECT_SOURCE_DIR}/cmake/FindRdKafka.cmake
    DESTINATION ${SAGAFLOW_CMAKE_DIR})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
