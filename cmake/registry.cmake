# Writes OUT: the table of every element that a file of SOURCES ('|' between them, relative to ROOT) defines.
# Convention: components/<name>.c defines  const tw_type TW_TYPE(<name>)  and its element is <name> with '-' for '_'; the
# contract test holds the three names together.
string(REPLACE "|" ";" SOURCES "${SOURCES}")
set(elements)
foreach(source IN LISTS SOURCES)
  file(STRINGS ${ROOT}/${source} definitions REGEX "^const tw_type TW_TYPE\\(")
  foreach(definition IN LISTS definitions)
    string(REGEX REPLACE "^const tw_type TW_TYPE\\(([A-Za-z0-9_]*)\\).*" "\\1" name "${definition}")
    string(REPLACE "_" "-" element ${name})
    list(APPEND elements ${element})
  endforeach()
endforeach()
list(SORT elements)

set(text "/* Written by cmake/registry.cmake from the names of the files in components/. */\n#include \"${ROOT}/components/component.h\"\n\n")
set(entries "")
foreach(element IN LISTS elements)
  string(REPLACE "-" "_" name ${element})
  string(APPEND text "extern const tw_type TW_TYPE(${name});\n")
  string(APPEND entries "    &TW_TYPE(${name}),\n")
endforeach()
string(APPEND text "\nconst tw_type *const tw_registry[] = {\n${entries}    NULL};\n")
file(WRITE ${OUT} "${text}")
