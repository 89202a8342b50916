#include "daemon/service/photo.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "daemon/service/digest.hpp"
#include "daemon/service/limits.hpp"

namespace service {
namespace {

constexpr std::string_view jpeg_begin = "\xFF\xD8\xFF";      // ISO/IEC 10918-1, B.1.1.3: SOI and a marker
constexpr std::string_view png_begin = "\x89PNG\r\n\x1A\n";  // W3C PNG, 5.2

std::string_view text_of(const api::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// OpenSSL passes over white space at the ends, padding in the middle and bits behind the last byte. What is
// encoded again as it came has none of that.
std::optional<api::Bytes> decode(std::string_view base64) {
  if (base64.empty() || base64.size() % 4 != 0) return std::nullopt;
  api::Bytes bytes(base64.size() / 4 * 3);
  const auto* from = reinterpret_cast<const unsigned char*>(base64.data());
  if (EVP_DecodeBlock(bytes.data(), from, static_cast<int>(base64.size())) != static_cast<int>(bytes.size()))
    return std::nullopt;
  const auto padding = base64.ends_with("==") ? 2U : base64.ends_with('=') ? 1U : 0U;
  bytes.resize(bytes.size() - padding);
  std::string again(base64.size() + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(again.data()), bytes.data(),
                  static_cast<int>(bytes.size()));
  again.pop_back();
  return again == base64 ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace

tl::expected<core::Photo, std::string> read_photo(std::string_view base64) {
  if (base64.size() > (photo_bytes_max + 2) / 3 * 4)
    return tl::unexpected(fmt::format("it has more than {} bytes", photo_bytes_max));
  auto image = decode(base64);
  if (!image) return tl::unexpected<std::string>("it is not base64 (RFC 4648 section 4)");
  if (image->size() > photo_bytes_max)
    return tl::unexpected(fmt::format("it has more than {} bytes", photo_bytes_max));
  if (!text_of(*image).starts_with(jpeg_begin) && !text_of(*image).starts_with(png_begin))
    return tl::unexpected<std::string>("it is neither JPEG nor PNG");
  auto digest = api::to_hex(sha256(text_of(*image)));
  return core::Photo{std::move(digest), *std::move(image), {}};
}

}  // namespace service
