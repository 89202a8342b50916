#pragma once
#include <tl/expected.hpp>

#include "daemon/authority/authority.hpp"
#include "daemon/authority/openssl.hpp"

// Subjects and alternative names from their templates. Errors are texts for people.
namespace authority {

struct Unfilled {
  std::string text;
  bool missing = false;  // the template is right, the request has no value for it
};

// Puts the request's values into a template's placeholders. A value with control characters is refused.
tl::expected<std::string, Unfilled> fill(std::string_view text, const Request& request);

// A distinguished name from "TYPE=template" entries.
tl::expected<NamePtr, std::string> make_name(const std::vector<std::string>& entries, const Request& request);

// GeneralNames (RFC 5280 section 4.2.1.6), DER, from "URI=…", "email=…" and "UPN=…"; entries without a value
// are left out. Empty when none is left.
tl::expected<api::Bytes, std::string> make_alternative_names(const std::vector<std::string>& entries,
                                                             const Request& request);

// A request in which every placeholder has a value: to try the templates of a profile.
Request sample_request();

// RFC 4122 section 3.
std::string uuid_text(const api::Uuid& uuid);

}  // namespace authority
