# What the program writes about itself. Man pages, schema and shell completion come with every build, the web pages with the target
# `manual`; all lie below the build tree. The examples are solved for the pages, so they are made again when one changes.
set(manual ${PROJECT_BINARY_DIR}/manual)
file(GLOB examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/racks/examples/*.xml)

add_custom_command(OUTPUT ${manual}/man/racktwin.1
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}/man
  COMMAND racktwin doc --man -o ${manual}/man
  DEPENDS racktwin COMMENT "Man pages" VERBATIM)
set(completions)
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${manual}/completion/${shell}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${manual}/completion
    COMMAND racktwin completion ${shell} > ${manual}/completion/${shell}
    DEPENDS racktwin COMMENT "Completion for ${shell}" VERBATIM)
  list(APPEND completions ${manual}/completion/${shell})
endforeach()
add_custom_command(OUTPUT ${manual}/racktwin.xsd
  COMMAND racktwin schema > ${manual}/racktwin.xsd
  DEPENDS racktwin COMMENT "Schema" VERBATIM)
add_custom_target(man ALL DEPENDS ${manual}/man/racktwin.1 ${manual}/racktwin.xsd ${completions})

add_custom_command(OUTPUT ${manual}/html/index.html
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}/html
  COMMAND racktwin doc --html -o ${manual}/html
  DEPENDS racktwin ${examples} COMMENT "Reference manual" VERBATIM)
add_custom_target(manual DEPENDS man ${manual}/html/index.html)
