# Writes OUTPUT, a C++ source that holds FILES as an array of signup::embedded_file. Run with cmake -P.
set(types_.html "text/html; charset=utf-8")
set(types_.css "text/css; charset=utf-8")
set(types_.js "text/javascript; charset=utf-8")
set(types_.svg "image/svg+xml")

set(entries "")
foreach(file IN LISTS FILES)
  cmake_path(GET file FILENAME name)
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  if(NOT DEFINED types_${extension})
    message(FATAL_ERROR "${name}: no content type is known for ${extension}; add it to embed.cmake")
  endif()
  if(name STREQUAL "index.html")
    set(name "")
  endif()
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(APPEND entries "    {\"/${name}\", \"${types_${extension}}\", \"${bytes}\"sv},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Made by embed.cmake from the files of the page.
#include \"page.hpp\"

namespace signup {
using namespace std::string_view_literals;

std::span<const embedded_file> page_files() {
  static constexpr embedded_file files[] = {
${entries}  };
  return files;
}
}  // namespace signup
")
