#include "daemon/service/digest.hpp"

#include <openssl/evp.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <new>

namespace service {
namespace {

namespace json = boost::json;

json::value canonical(const json::value& value);

json::object canonical(const json::object& object) {
  std::map<std::string_view, const json::value*> sorted;
  for (const auto& [name, value] : object)
    if (!value.is_null()) sorted.emplace(name, &value);
  json::object result;
  for (const auto& [name, value] : sorted) result.emplace(name, canonical(*value));
  return result;
}

json::value canonical(const json::value& value) {
  if (const auto* object = value.if_object()) return canonical(*object);
  const auto* array = value.if_array();
  if (!array) return value;
  json::array result;
  for (const auto& element : *array) result.push_back(canonical(element));
  return result;
}

}  // namespace

api::Bytes sha256(std::string_view text) {
  api::Bytes digest(32);
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();  // nothing else can go wrong in a digest of a buffer
  return digest;
}

api::Bytes digest_of(const json::object& parameters) {
  auto said = canonical(parameters);
  if (said.erase("idempotencyKey") != 0) said = canonical(said);  // erasing moves the last member
  return sha256(json::serialize(said));
}

}  // namespace service
