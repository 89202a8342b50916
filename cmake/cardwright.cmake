# Flags that every target has, and the ways in which this project declares one.

add_library(cardwright_options INTERFACE)
target_include_directories(cardwright_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(cardwright_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wswitch -Werror -fno-omit-frame-pointer)
if(CARDWRIGHT_SANITIZE)
  target_compile_options(cardwright_options INTERFACE -fsanitize=${CARDWRIGHT_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(cardwright_options INTERFACE -fsanitize=${CARDWRIGHT_SANITIZE})
endif()
if(CARDWRIGHT_FUZZ)
  target_compile_options(cardwright_options INTERFACE -fsanitize=fuzzer-no-link)  # libFuzzer follows the coverage
endif()
# False alarms of GCC 12 about the insides of std::optional, std::regex and std::vector, at -O2 or under AddressSanitizer
# (gcc.gnu.org/PR105562 and its like).
target_compile_options(cardwright_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized$<SEMICOLON>-Wno-array-bounds$<SEMICOLON>-Wno-stringop-overflow>)
if(CARDWRIGHT_SANITIZE MATCHES thread)
  # Asio uses atomic_thread_fence, which GCC's ThreadSanitizer does not model.
  target_compile_options(cardwright_options INTERFACE -Wno-tsan)
endif()

# cardwright_library(NAME SOURCES ... LIBS ...): the library of one folder; folder = target = namespace.
function(cardwright_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC cardwright_options ${arg_LIBS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE cardwright_options ${arg_LIBS})
  endif()
endfunction()

# cardwright_program(NAME SOURCES ... LIBS ...): an executable, in build/PRESET/bin.
function(cardwright_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE cardwright_options ${arg_LIBS})
endfunction()

# cardwright_test(NAME SOURCES ... LIBS ... [LABEL unit] [TIMEOUT seconds]): a GoogleTest program, each test a ctest.
# Unit tests also run under the sanitizers: they need no process, no network and no privilege.
function(cardwright_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;LIBS" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE cardwright_options ${arg_LIBS} GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM cardwright_test_headers)
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}." PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  if(arg_LABEL STREQUAL unit)
    add_dependencies(unit_tests ${name})
  endif()
endfunction()

# cardwright_fuzzer(NAME SOURCES ... LIBS ... CORPUS folder): an LLVMFuzzerTestOneInput. Always a unit test over its
# stored inputs; with CARDWRIGHT_FUZZ also a libFuzzer program, which the label "fuzz" runs for a while.
function(cardwright_fuzzer name)
  cmake_parse_arguments(arg "" "CORPUS" "SOURCES;LIBS" ${ARGN})
  cmake_path(ABSOLUTE_PATH arg_CORPUS)
  cardwright_test(${name}_corpus_test SOURCES ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus_test.cpp LIBS ${arg_LIBS})
  target_compile_definitions(${name}_corpus_test PRIVATE CORPUS="${arg_CORPUS}")
  if(CARDWRIGHT_FUZZ)
    cardwright_program(${name} SOURCES ${arg_SOURCES} LIBS ${arg_LIBS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers ${name})
    set(found ${PROJECT_BINARY_DIR}/corpus/${name})
    file(MAKE_DIRECTORY ${found})
    add_test(NAME ${name} COMMAND ${name} -max_total_time=30 -max_len=65536 -timeout=5 ${found} ${arg_CORPUS})
    set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()

# cardwright_embed(TARGET FILES ...): each FILE as a string, found by its base name through
# "embedded/<TARGET>.hpp": `embedded::<TARGET>("org.cardwright.Production.varlink")`.
function(cardwright_embed target)
  set(out ${PROJECT_BINARY_DIR}/generated/embedded/${target}.hpp)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${target} "-DFILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} VERBATIM)
  target_sources(${target} PRIVATE ${out})
  target_include_directories(${target} PUBLIC ${PROJECT_BINARY_DIR}/generated)
endfunction()
