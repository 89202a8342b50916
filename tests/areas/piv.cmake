cardwright_test(piv_test
  SOURCES unit/piv/apdu_test.cpp unit/piv/faults_test.cpp unit/piv/identify_test.cpp unit/piv/invalidate_test.cpp
          unit/piv/objects_test.cpp unit/piv/personalise_test.cpp
          unit/piv/reencode_test.cpp unit/piv/replay_test.cpp unit/piv/restart_test.cpp unit/piv/resume_test.cpp unit/piv/tlv_test.cpp unit/piv/virtual_card_test.cpp
          fuzz/piv_answers.cpp fuzz/piv_corpus_test.cpp
  LIBS drivers_piv simulator_card)
target_compile_definitions(piv_test PRIVATE PIV_CORPUS="${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/piv")

if(CARDWRIGHT_FUZZ)
  cardwright_program(piv_fuzz SOURCES fuzz/piv_answers.cpp LIBS drivers_piv)
  target_compile_options(piv_fuzz PRIVATE -fsanitize=fuzzer)
  target_link_options(piv_fuzz PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers piv_fuzz)
  # The first folder takes what is found; the corpus in the tree is only read.
  add_test(NAME piv_fuzz COMMAND piv_fuzz -max_total_time=20 -max_len=4096 ${CMAKE_CURRENT_BINARY_DIR}/piv_corpus
           ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/piv)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/piv_corpus)
  set_tests_properties(piv_fuzz PROPERTIES LABELS fuzz TIMEOUT 120)
endif()
