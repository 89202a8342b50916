#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace ipc {

namespace json = boost::json;

// A value that does not fit: `field` is its path ("orders[2].holder.name"), `message` says for people what is
// wrong with which value (long values cut).
struct FieldError {
  std::string field;
  std::string message;
};

// The errors of org.varlink.service, which every service may answer.
namespace errors {
inline constexpr std::string_view interface_not_found = "org.varlink.service.InterfaceNotFound";
inline constexpr std::string_view method_not_found = "org.varlink.service.MethodNotFound";
inline constexpr std::string_view method_not_implemented = "org.varlink.service.MethodNotImplemented";
inline constexpr std::string_view invalid_parameter = "org.varlink.service.InvalidParameter";
inline constexpr std::string_view permission_denied = "org.varlink.service.PermissionDenied";
inline constexpr std::string_view expected_more = "org.varlink.service.ExpectedMore";
}  // namespace errors

// Why a call of a client has no result.
struct Error {
  enum class Kind {
    refused,      // the service answered with the error `name` and its `parameters`
    unreachable,  // no such socket, or nobody listens on it
    timedOut,     // no answer in time; whether the call took effect is not known
    broken,       // the connection ended or what came was no Varlink; not known either
  };
  Kind kind;
  std::string name;         // only for `refused`
  json::object parameters;  // only for `refused`
  std::string text;         // for people: what happened, with the address
};

}  // namespace ipc
