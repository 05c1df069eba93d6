# What `cmake --install` gives: program, library (shared and static), header, racktwin.pc, CMake package, schema, catalogue, man
# pages, completion; the web pages if they have been built (target `manual`). Everything finds its neighbours from where it lies,
# so the prefix may be chosen at install time.
include(CMakePackageConfigHelpers)

# ---- the library: racktwin.h is all that it shows ---------------------------------------------------------------------
set(header ${PROJECT_SOURCE_DIR}/twin/racktwin.h)
add_library(racktwin_shared SHARED twin/library.c)
set_target_properties(racktwin_shared PROPERTIES OUTPUT_NAME racktwin EXPORT_NAME racktwin VERSION ${PROJECT_VERSION} SOVERSION 0
  C_VISIBILITY_PRESET hidden PUBLIC_HEADER ${header})
target_compile_definitions(racktwin_shared PRIVATE ${places})
target_link_libraries(racktwin_shared PRIVATE tw_twin)
target_link_options(racktwin_shared PRIVATE LINKER:--exclude-libs,ALL)
target_include_directories(racktwin_shared INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/twin> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# The static one is a single object, in which everything but the public names is local: no clash with a user's names.
set(public ${PROJECT_BINARY_DIR}/libracktwin.o)
add_custom_command(OUTPUT ${public}
  COMMAND ${CMAKE_LINKER} -r -o ${public}.all $<TARGET_OBJECTS:racktwin_shared>
          --start-group $<TARGET_FILE:tw_twin> $<TARGET_FILE:tw_racks> $<TARGET_FILE:tw_solvers> $<TARGET_FILE:tw_viz>
          $<TARGET_FILE:tw_components> --end-group
  COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=racktwin_* ${public}.all ${public}
  DEPENDS racktwin_shared tw_twin tw_racks tw_solvers tw_viz tw_components COMMAND_EXPAND_LISTS VERBATIM)
add_library(racktwin_static STATIC ${public})
set_target_properties(racktwin_static PROPERTIES OUTPUT_NAME racktwin LINKER_LANGUAGE C)
set(private_libraries xml2 udunits2 sundials_ida sundials_kinsol sundials_nvecserial klu btf amd colamd suitesparseconfig cjson md m ${CMAKE_DL_LIBS})
target_link_libraries(racktwin_static INTERFACE ${private_libraries})
target_include_directories(racktwin_static INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# ---- files -------------------------------------------------------------------------------------------------------------
install(TARGETS racktwin)
install(TARGETS racktwin_shared racktwin_static EXPORT racktwinTargets)
install(DIRECTORY racks/ DESTINATION ${CMAKE_INSTALL_DATADIR}/racktwin/racks FILES_MATCHING PATTERN "*.xml" PATTERN "*.csv")
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
install(DIRECTORY ${manual}/html DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY ${manual}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(FILES ${manual}/man/racktwin-elements.7 DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
install(FILES ${manual}/racktwin.xsd DESTINATION ${CMAKE_INSTALL_DATADIR}/racktwin)
install(FILES ${manual}/completion/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME racktwin)
install(FILES ${manual}/completion/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _racktwin)
install(FILES ${manual}/completion/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME racktwin.fish)

# ---- for those who build against it --------------------------------------------------------------------------------------
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/racktwin)
install(EXPORT racktwinTargets NAMESPACE racktwin:: DESTINATION ${package})
configure_package_config_file(cmake/racktwinConfig.cmake.in ${PROJECT_BINARY_DIR}/racktwinConfig.cmake INSTALL_DESTINATION ${package}
  PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/racktwinConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/racktwinConfig.cmake ${PROJECT_BINARY_DIR}/racktwinConfigVersion.cmake DESTINATION ${package})

file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" up ${up})
list(TRANSFORM private_libraries PREPEND -l OUTPUT_VARIABLE private_flags)
list(JOIN private_flags " " private_flags)
configure_file(cmake/racktwin.pc.in ${PROJECT_BINARY_DIR}/racktwin.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/racktwin.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
