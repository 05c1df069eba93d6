# tests/<prefix>_*.c         one cmocka program and ctest entry each, linked with everything;
# tests/<prefix>_*.sh, .py   one ctest entry each.
# All get RACKTWIN (the program), SOURCE_DIR and BUILD_DIR in the environment. The prefix is the ctest label; test_ gives "unit".
# check_ looks at the sources, not at a build: the release build has these entries, the others need not repeat them.
# tests/support/*.c is what several tests share; tests/contract/*.c is the harness of the component contract.
set(test_prefixes test contract validation mistakes cli browser peers soak)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  list(APPEND test_prefixes check)
endif()
set(test_environment RACKTWIN=${PROJECT_BINARY_DIR}/racktwin SOURCE_DIR=${PROJECT_SOURCE_DIR} BUILD_DIR=${PROJECT_BINARY_DIR})
find_program(PYTHON python3 REQUIRED)

# ---- what tests share -----------------------------------------------------------------------------------------------
# The complex-step twin of every kernel: the same sources compiled with complex numbers, for tests only.
tw_wing(tw_components_complex SOURCES ${components} ${registry} DEFINE TW_COMPLEX_STEP)
add_dependencies(tw_components_complex tw_registry_file)

# tests/fuzz/*.c are what the fuzzers call; a test replays their corpora.
tw_sources(support GLOB tests/support/*.c tests/fuzz/*.c EXCEPT "/entry[.]c$")
tw_wing(tw_test_support SOURCES ${support} LINK tw_twin PkgConfig::CMOCKA)

# side.c calls the kernels, and the deliberately wrong components prove the checks: both are compiled both ways.
tw_sources(contract GLOB tests/contract/*.c)
tw_sources(contract_complex GLOB tests/contract/side.c tests/contract/fake*.c)
tw_wing(tw_contract_complex SOURCES ${contract_complex} LINK tw_components_complex DEFINE TW_COMPLEX_STEP)
tw_wing(tw_contract SOURCES ${contract} LINK tw_contract_complex tw_racks PkgConfig::CMOCKA)

# The program as a build without npm has it, for tests of its pages.
if(page_charts)
  tw_page_assets(${PROJECT_BINARY_DIR}/plain_assets.c viz/assets/report.css viz/assets/report.js)
  add_executable(racktwin_plain twin/main.c ${PROJECT_BINARY_DIR}/plain_assets.c)
else()
  add_executable(racktwin_plain twin/main.c)
endif()
target_link_libraries(racktwin_plain PRIVATE tw_twin)
target_compile_definitions(racktwin_plain PRIVATE ${places})

# ---- entries --------------------------------------------------------------------------------------------------------
function(tw_test name prefix)
  set(label ${prefix})
  if(prefix STREQUAL "test")
    set(label unit)
  endif()
  set(seconds 300)
  if(prefix STREQUAL "soak")
    set(seconds 86400)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${label} ENVIRONMENT "${test_environment}" TIMEOUT ${seconds} SKIP_RETURN_CODE 77)
endfunction()

foreach(prefix IN LISTS test_prefixes)
  tw_sources(programs GLOB tests/${prefix}_*.c)
  foreach(source IN LISTS programs)
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    if(prefix STREQUAL "contract")
      target_link_libraries(${name} PRIVATE tw_contract)
    else()
      target_link_libraries(${name} PRIVATE tw_test_support)
    endif()
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    tw_test(${name} ${prefix})
  endforeach()
  tw_sources(scripts GLOB tests/${prefix}_*.sh tests/${prefix}_*.py)
  foreach(source IN LISTS scripts)
    cmake_path(GET source STEM name)
    cmake_path(GET source EXTENSION LAST_ONLY extension)
    set(interpreter bash)
    if(extension STREQUAL ".py")
      set(interpreter ${PYTHON})
    endif()
    add_test(NAME ${name} COMMAND ${interpreter} ${PROJECT_SOURCE_DIR}/${source} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    tw_test(${name} ${prefix})
  endforeach()
endforeach()

# cmake -DCMAKE_C_COMPILER=clang -DTW_FUZZ=ON; then fuzz_xml -dict=... [FOLDER of what it finds] tests/fuzz/corpus/xml
if(TW_FUZZ)
  foreach(name xml quantity csv options)
    add_executable(fuzz_${name} tests/fuzz/entry.c)
    target_compile_definitions(fuzz_${name} PRIVATE TW_FUZZ_TARGET=tw_fuzz_${name})
    target_link_libraries(fuzz_${name} PRIVATE tw_test_support)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
  target_compile_definitions(fuzz_xml PRIVATE TW_FUZZ_BY_ELEMENTS)
endif()

# These two compile everything again: both cores, and their time.
foreach(name check_warnings check_asan)
  if(TEST ${name})
    set_tests_properties(${name} PROPERTIES PROCESSORS 2 TIMEOUT 900)
  endif()
endforeach()

# Some forty runs of whole racks each.
set_tests_properties(cli_scenarios cli_scenario_estimates cli_event_sequences PROPERTIES TIMEOUT 900)
set_tests_properties(cli_scenario_estimates PROPERTIES PROCESSORS 2)
