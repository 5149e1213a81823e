# What the components need from outside, found once, and how an installed package and pkg-config find it again.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)

# sagaflow_dependency(TARGET FIND "<arguments of find_package>" PC "<module>" | PC_LIBS "<-l…>"): for users of an
# installed library that links TARGET.
function(sagaflow_dependency target)
  cmake_parse_arguments(ARG "" "FIND;PC;PC_LIBS" "" ${ARGN})
  foreach(key IN ITEMS FIND PC PC_LIBS)
    set_property(GLOBAL PROPERTY SAGAFLOW_DEPENDENCY_${key}_${target} "${ARG_${key}}")
  endforeach()
  set_property(GLOBAL APPEND PROPERTY SAGAFLOW_DEPENDENCIES ${target})
endfunction()

sagaflow_dependency(Threads::Threads FIND "Threads" PC_LIBS "-pthread")
sagaflow_dependency(SQLite::SQLite3 FIND "SQLite3 3.38" PC "sqlite3 >= 3.38")
sagaflow_dependency(Boost::headers FIND "Boost 1.81")
sagaflow_dependency(Boost::json FIND "Boost 1.81 COMPONENTS json" PC_LIBS "-lboost_json")
sagaflow_dependency(yaml-cpp FIND "yaml-cpp 0.7" PC "yaml-cpp >= 0.7")
sagaflow_dependency(spdlog::spdlog FIND "spdlog 1.10" PC "spdlog >= 1.10")
sagaflow_dependency(RdKafka::rdkafka FIND "RdKafka 2.0.2" PC "rdkafka >= 2.0.2")
sagaflow_dependency(rabbitmq::rabbitmq FIND "rabbitmq-c 0.11" PC "librabbitmq >= 0.11")

# sagaflow_component(NAME <arguments of find_package>): sets SAGAFLOW_HAVE_<NAME> from SAGAFLOW_WITH_<NAME>.
macro(sagaflow_component name)
  set(SAGAFLOW_HAVE_${name} OFF)
  if(SAGAFLOW_WITH_${name} STREQUAL "AUTO")
    find_package(${ARGN} QUIET)
  elseif(SAGAFLOW_WITH_${name})
    find_package(${ARGN} REQUIRED)
  endif()
  if(SAGAFLOW_WITH_${name} AND ${ARGV1}_FOUND)
    set(SAGAFLOW_HAVE_${name} ON)
  endif()
  message(STATUS "sagaflow: ${name}: ${SAGAFLOW_HAVE_${name}}")
endmacro()

sagaflow_component(SQLITE SQLite3 3.38)
sagaflow_component(HTTP Boost 1.81 COMPONENTS json)
sagaflow_component(YAML yaml-cpp 0.7)
sagaflow_component(SPDLOG spdlog 1.10)
sagaflow_component(KAFKA RdKafka 2.0.2)
sagaflow_component(AMQP rabbitmq-c 0.11)
