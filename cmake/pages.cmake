# What pages take from others. npm fetches it when CMake configures, in the versions of viz/package-lock.json: ECharts, which draws
# charts, and axe-core, by which the tests judge whether a page can be read by everybody. Without npm or a network nothing fails:
# pages then have their SVG figures only and say so, and the next configuration tries again.
# Sets page_charts (the script to be built in, or empty); what was fetched lies in ${page_libraries}.
option(TW_CHARTS "ECharts in pages, fetched by npm" ON)
set(page_libraries ${PROJECT_BINARY_DIR}/page-libraries)
set(page_charts)
find_program(NPM npm)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/viz/package-lock.json)

# Leaves echarts.js, its licence and notice, and axe.js in page_libraries, with the digest of the lock file they come from.
function(tw_fetch_page_libraries digest)
  set(tree ${PROJECT_BINARY_DIR}/npm)
  file(REMOVE_RECURSE ${tree} ${page_libraries})
  foreach(name package.json package-lock.json .npmrc)
    file(COPY ${PROJECT_SOURCE_DIR}/viz/${name} DESTINATION ${tree})
  endforeach()
  message(STATUS "Fetching the libraries of pages by npm")
  execute_process(COMMAND ${NPM} ci --prefer-offline --fetch-retries=0 --fetch-timeout=20000 WORKING_DIRECTORY ${tree} TIMEOUT 120
    RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
  if(NOT result EQUAL 0)
    file(REMOVE_RECURSE ${tree})
    return()
  endif()
  # Scripts stand between CDATA marks in a page: the one string that would end them is written in another way.
  file(READ ${tree}/node_modules/echarts/dist/echarts.common.min.js text)
  string(REPLACE "\"]]>\"" "\"]]\\x3e\"" text "${text}")
  file(WRITE ${page_libraries}/echarts.js "${text}\n/* Changed for RackTwin: the end mark of CDATA is written with \\x3e. */\n")
  file(COPY_FILE ${tree}/node_modules/echarts/LICENSE ${page_libraries}/echarts-LICENSE)
  file(COPY_FILE ${tree}/node_modules/echarts/NOTICE ${page_libraries}/echarts-NOTICE)
  file(COPY_FILE ${tree}/node_modules/axe-core/axe.min.js ${page_libraries}/axe.js)
  file(WRITE ${page_libraries}/lock-digest "${digest}")
  file(REMOVE_RECURSE ${tree})
endfunction()

if(TW_CHARTS)
  file(SHA256 ${PROJECT_SOURCE_DIR}/viz/package-lock.json digest)
  set(fetched)
  if(EXISTS ${page_libraries}/lock-digest)
    file(READ ${page_libraries}/lock-digest fetched)
  endif()
  if(NPM AND NOT fetched STREQUAL digest)
    tw_fetch_page_libraries(${digest})
  endif()
  if(EXISTS ${page_libraries}/lock-digest)
    set(page_charts ${page_libraries}/echarts.js)
    install(FILES ${page_libraries}/echarts-LICENSE ${page_libraries}/echarts-NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
  else()
    message(STATUS "Pages are built without ECharts: npm is missing or could not fetch it")
  endif()
else()
  file(REMOVE_RECURSE ${page_libraries})
endif()

# tw_page_assets(OUT FILE...): writes OUT, the files as arrays for viz/assets.h, in this order.
function(tw_page_assets out)
  list(JOIN ARGN "|" list)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} "-DASSETS=${list}" -DROOT=${PROJECT_SOURCE_DIR} -DOUT=${out} -P ${PROJECT_SOURCE_DIR}/cmake/assets.cmake
    DEPENDS ${ARGN} cmake/assets.cmake
    COMMENT "Style and scripts of pages" VERBATIM)
endfunction()
