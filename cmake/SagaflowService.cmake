# sagaflow_service(kafka PROPERTIES): a server of ./services for the tests of one run of ctest: a first test starts it, with
# no data, when a test that needs it is to run, and a last one ends it and removes its data. Tests that get PROPERTIES need
# it; they find its addresses in the file that SAGAFLOW_SERVICE names (tests/support/service_address.hpp reads it). The tests
# of a run share it, so each uses names of its own for topics, queues and keys. Tests that kill a server start their own.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(sagaflow_service kind properties)
  set(folder ${PROJECT_BINARY_DIR}/services/${kind})
  set(${properties} FIXTURES_REQUIRED service_${kind} ENVIRONMENT SAGAFLOW_SERVICE=${folder}/${kind}/addresses PARENT_SCOPE)
  get_property(known GLOBAL PROPERTY sagaflow_services)
  if(kind IN_LIST known)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY sagaflow_services ${kind})
  set(services ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/services)
  add_test(NAME service.${kind}.up COMMAND ${services} up ${kind} --fresh --data ${folder})
  set_tests_properties(service.${kind}.up PROPERTIES FIXTURES_SETUP service_${kind} LABELS services TIMEOUT 1200)
  add_test(NAME service.${kind}.down COMMAND ${services} down --remove --data ${folder})
  set_tests_properties(service.${kind}.down PROPERTIES FIXTURES_CLEANUP service_${kind} LABELS services TIMEOUT 120)
endfunction()
