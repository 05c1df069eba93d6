# What Debian 12 gives. SUNDIALS has a CMake package that works with C alone (and none for pkg-config); SuiteSparse 5.12 and
# udunits have neither, so they are looked for by hand. None of this may pull in MPI or PETSc.
find_package(PkgConfig REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(SUNDIALS 6.4 REQUIRED COMPONENTS ida kinsol nvecserial)

add_library(tw_sundials INTERFACE)
target_link_libraries(tw_sundials INTERFACE SUNDIALS::ida SUNDIALS::kinsol SUNDIALS::nvecserial)

add_library(tw_klu INTERFACE)
find_path(KLU_INCLUDE_DIR klu.h PATH_SUFFIXES suitesparse REQUIRED)
target_include_directories(tw_klu SYSTEM INTERFACE ${KLU_INCLUDE_DIR})
foreach(library klu btf amd colamd suitesparseconfig)
  find_library(TW_${library}_LIBRARY ${library} REQUIRED)
  target_link_libraries(tw_klu INTERFACE ${TW_${library}_LIBRARY})
endforeach()

add_library(tw_udunits INTERFACE)
find_path(UDUNITS_INCLUDE_DIR udunits2.h PATH_SUFFIXES udunits2 REQUIRED)
find_library(UDUNITS_LIBRARY udunits2 REQUIRED)
target_include_directories(tw_udunits SYSTEM INTERFACE ${UDUNITS_INCLUDE_DIR})
target_link_libraries(tw_udunits INTERFACE ${UDUNITS_LIBRARY})

# Not linked: viz/workbook.c loads it where a workbook is written.
add_library(tw_xlsxwriter INTERFACE)
find_path(XLSXWRITER_INCLUDE_DIR xlsxwriter.h REQUIRED)
find_library(XLSXWRITER_LIBRARY xlsxwriter REQUIRED)
target_include_directories(tw_xlsxwriter SYSTEM INTERFACE ${XLSXWRITER_INCLUDE_DIR})
target_link_libraries(tw_xlsxwriter INTERFACE ${CMAKE_DL_LIBS})

pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(MD REQUIRED IMPORTED_TARGET libmd) # SHA-256 of the inputs

if(BUILD_TESTING)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()
