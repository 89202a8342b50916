cardwright_test(render_protocol_test SOURCES unit/render/protocol_test.cpp LIBS render)
cardwright_fuzzer(render_answer_fuzz SOURCES fuzz/render_answer_fuzz.cpp LIBS render CORPUS fuzz/corpus/render/answer)
cardwright_test(render_drawing_test
  SOURCES unit/render/draw_test.cpp unit/render/hostile_test.cpp unit/render/shipped_test.cpp unit/render/golden_test.cpp
    unit/render/inkscape_test.cpp unit/render/fit_test.cpp unit/render/zones_test.cpp
    unit/render/pinned_fonts.cpp
  LIBS drawing PkgConfig::CAIRO)
target_compile_definitions(render_drawing_test PRIVATE
  LAYOUTS="${PROJECT_SOURCE_DIR}/etc/cardwright/layouts" FONTS="${PROJECT_SOURCE_DIR}/etc/cardwright/fonts.conf"
  SAMPLES="${PROJECT_SOURCE_DIR}/tests/unit/render/layouts" GOLDEN="${PROJECT_SOURCE_DIR}/tests/unit/render/golden")
# Reads codes back with zbarimg.
cardwright_test(render_code_test SOURCES unit/render/code_test.cpp unit/render/pinned_fonts.cpp LIBS drawing LABEL integration)
target_compile_definitions(render_code_test PRIVATE
  LAYOUTS="${PROJECT_SOURCE_DIR}/etc/cardwright/layouts" FONTS="${PROJECT_SOURCE_DIR}/etc/cardwright/fonts.conf")
cardwright_test(render_process_test
  SOURCES unit/render/letter_test.cpp unit/render/limits_test.cpp unit/render/process_test.cpp unit/render/program_test.cpp
  LIBS drawing LABEL integration)
target_compile_definitions(render_process_test PRIVATE
  LAYOUTS="${PROJECT_SOURCE_DIR}/etc/cardwright/layouts" FONTS="${PROJECT_SOURCE_DIR}/etc/cardwright/fonts.conf"
  PORTRAIT="${PROJECT_SOURCE_DIR}/docs/examples/portrait.png" MANUAL="${PROJECT_SOURCE_DIR}/docs/man/cardwright-render.1"
  RENDER_PROGRAM="$<TARGET_FILE:cardwright-render>")
add_dependencies(render_process_test cardwright-render)
