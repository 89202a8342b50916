// The seed corpus of a fuzzer as an ordinary test: every stored input goes through it once, and so does every
// beginning of it.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

TEST(corpus, survives_every_stored_input_and_its_beginnings) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CORPUS)) {
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      // Copied, so that reading beyond the end is seen by AddressSanitizer.
      const std::vector<std::uint8_t> input(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(LLVMFuzzerTestOneInput(input.data(), input.size()), 0);
    }
    ++files;
  }
  EXPECT_GT(files, 0);
}
