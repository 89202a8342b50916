// The fuzz target over its corpus, and over every cut and every changed byte of it, in an ordinary test.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "drivers/api/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<api::Bytes> corpus() {
  std::vector<api::Bytes> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(PIV_CORPUS)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

}  // namespace

TEST(piv_answers, survive_the_corpus_and_all_that_is_next_to_it) {
  const auto inputs = corpus();
  ASSERT_GE(inputs.size(), 5u);
  for (const api::Bytes& input : inputs) {
    for (std::size_t length = 0; length <= input.size(); ++length)
      LLVMFuzzerTestOneInput(input.data(), length);
    for (std::size_t i = 0; i < input.size(); ++i)
      for (const int change : {0x01, 0x80, 0xFF}) {
        api::Bytes changed = input;
        changed[i] ^= static_cast<std::uint8_t>(change);
        LLVMFuzzerTestOneInput(changed.data(), changed.size());
      }
  }
}
