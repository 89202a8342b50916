#include "daemon/store/values.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>

namespace store {
namespace {

namespace json = boost::json;

void put_json(Query& query, int at, const json::value& value) {
  query.bind(at, std::string_view(json::serialize(value)));
}

// Runs `read` on the parsed column; whatever it misses there is a bad value.
template <class Read>
void get_json(const Query& query, int column, Read read) {
  try {
    const auto text = query.text(column);
    read(json::parse({text.data(), text.size()}));
  } catch (const std::exception&) {
    throw BadValue("is not the JSON that stands there");
  }
}

}  // namespace

void get(const Query& query, int column, unsigned& value) {
  const auto stored = query.integer(column);
  if (stored < 0 || stored > std::numeric_limits<unsigned>::max()) throw BadValue("is out of range");
  value = static_cast<unsigned>(stored);
}

void get(const Query& query, int column, api::Uuid& value) {
  const auto stored = query.blob(column);
  if (stored.size() != value.size()) throw BadValue("is not 16 bytes long");
  std::ranges::copy(stored, value.begin());
}

void put(Query& query, int at, const core::Options& value) {
  json::object object;
  if (value.pin_length) object["pinLength"] = *value.pin_length;
  if (value.puk_length) object["pukLength"] = *value.puk_length;
  if (value.encode) object["encode"] = *value.encode;
  if (value.certificates) object["certificates"] = json::value_from(*value.certificates);
  put_json(query, at, object);
}

void get(const Query& query, int column, core::Options& value) {
  get_json(query, column, [&](const json::value& read) {
    const auto& object = read.as_object();
    if (const auto* found = object.if_contains("pinLength")) value.pin_length = found->to_number<unsigned>();
    if (const auto* found = object.if_contains("pukLength")) value.puk_length = found->to_number<unsigned>();
    if (const auto* found = object.if_contains("encode")) value.encode = found->as_bool();
    if (const auto* found = object.if_contains("certificates"))
      value.certificates = json::value_to<std::vector<std::string>>(*found);
  });
}

void put(Query& query, int at, const std::map<std::string, std::string>& value) {
  put_json(query, at, json::value_from(value));
}

void get(const Query& query, int column, std::map<std::string, std::string>& value) {
  get_json(query, column, [&](const json::value& read) {
    value = json::value_to<std::map<std::string, std::string>>(read);
  });
}

void put(Query& query, int at, const api::Counters& value) {
  put_json(query, at,
           {{"fed", value.fed},
            {"printed", value.printed},
            {"ejected", value.ejected},
            {"rejected", value.rejected}});
}

void get(const Query& query, int column, api::Counters& value) {
  get_json(query, column, [&](const json::value& read) {
    value.fed = read.at("fed").to_number<std::uint64_t>();
    value.printed = read.at("printed").to_number<std::uint64_t>();
    value.ejected = read.at("ejected").to_number<std::uint64_t>();
    value.rejected = read.at("rejected").to_number<std::uint64_t>();
  });
}

namespace {

void put_ids(Query& query, int at, const auto& ids) {
  json::array array;
  for (const auto id : ids) array.emplace_back(id.value);
  put_json(query, at, array);
}

void get_ids(const Query& query, int column, auto& ids) {
  get_json(query, column, [&](const json::value& read) {
    ids.clear();
    for (const auto& id : read.as_array()) ids.push_back({id.to_number<std::int64_t>()});
  });
}

}  // namespace

void put(Query& query, int at, const std::vector<core::CardId>& value) {
  put_ids(query, at, value);
}

void get(const Query& query, int column, std::vector<core::CardId>& value) {
  get_ids(query, column, value);
}

void put(Query& query, int at, const std::vector<core::LetterId>& value) {
  put_ids(query, at, value);
}

void get(const Query& query, int column, std::vector<core::LetterId>& value) {
  get_ids(query, column, value);
}

void put(Query& query, int at, const std::vector<core::Skipped>& value) {
  json::array array;
  for (const auto& one : value) array.push_back({{"card", one.card.value}, {"why", one.why}});
  put_json(query, at, array);
}

void get(const Query& query, int column, std::vector<core::Skipped>& value) {
  get_json(query, column, [&](const json::value& read) {
    value.clear();
    for (const auto& one : read.as_array())
      value.push_back(
          {{one.at("card").to_number<std::int64_t>()}, json::value_to<std::string>(one.at("why"))});
  });
}

}  // namespace store
