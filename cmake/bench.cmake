# cmake --build build/release --target bench: prints the bars of the steady solve and writes docs/bench.md.
add_executable(bench_steady EXCLUDE_FROM_ALL bench/steady.c)
target_link_libraries(bench_steady PRIVATE tw_twin)
add_custom_target(bench COMMAND bench_steady racks/gb200-nvl72.xml --write docs/bench.md WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)
add_dependencies(bench racktwin)
