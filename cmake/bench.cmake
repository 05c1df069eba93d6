# cmake --build build/release --target bench: prints the bars of the steady solve and writes docs/bench.md.
add_executable(bench_steady EXCLUDE_FROM_ALL bench/steady.c)
target_link_libraries(bench_steady PRIVATE tw_twin)
add_custom_target(bench COMMAND bench_steady racks/gb200-nvl72.xml --write docs/bench.md WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)
add_dependencies(bench racktwin)

# cmake --build build/release --target bench_time: an hour of a trace, minutes of work; a section of docs/bench-time.md. It compares with IDA's
# own linear algebra, which nothing else links.
find_library(TW_sunlinsolklu_LIBRARY sundials_sunlinsolklu)
find_library(TW_sunmatrixsparse_LIBRARY sundials_sunmatrixsparse)
if(TW_sunlinsolklu_LIBRARY AND TW_sunmatrixsparse_LIBRARY)
  add_executable(bench_transient EXCLUDE_FROM_ALL bench/transient.c bench/stock_ida.c)
  target_link_libraries(bench_transient PRIVATE tw_twin ${TW_sunlinsolklu_LIBRARY} ${TW_sunmatrixsparse_LIBRARY})
  add_custom_target(bench_time COMMAND bench/page.py hour $<TARGET_FILE:bench_transient> racks/gb200-nvl72.xml 3600
                    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)
  add_dependencies(bench_time bench_transient)
endif()

# cmake --build build/release --target bench_day: a day of it, by the program, a quarter of an hour of work; the other section of that page.
add_custom_target(bench_day COMMAND bench/page.py day bench/day.py $<TARGET_FILE:racktwin> racks/gb200-nvl72.xml
                  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)
add_dependencies(bench_day racktwin)
