#include "daemon/core/product.hpp"

#include <algorithm>

namespace core {
namespace {

std::optional<OptionProblem> check_length(std::string_view name, unsigned value, unsigned min, unsigned max) {
  if (value >= min && value <= max) return std::nullopt;
  return OptionProblem{std::string(name), std::to_string(value),
                       min == max ? "must be " + std::to_string(min)
                                  : "must be " + std::to_string(min) + " to " + std::to_string(max),
                       true};
}

std::optional<OptionProblem> check_certificates(const Product& product, const Options& options) {
  const bool encode = options.encode.value_or(product.encode);
  if (!options.certificates) return std::nullopt;
  if (!encode && !options.certificates->empty())
    return OptionProblem{"certificates", options.certificates->front(),
                         "certificates need a chip that is encoded", true};
  std::set<std::string> seen;
  for (const auto& profile : *options.certificates) {
    const bool known =
        std::ranges::any_of(product.certificates, [&](const auto& row) { return row.profile == profile; });
    if (!known)
      return OptionProblem{"certificates", profile, "the product has no such certificate profile", true};
    if (!seen.insert(profile).second) return OptionProblem{"certificates", profile, "named twice", true};
  }
  return std::nullopt;
}

}  // namespace

std::optional<OptionProblem> check_options(const Product& product, const Options& options,
                                           const FamilyLimits& limits) {
  const std::array<std::pair<std::string_view, bool>, 4> given{
      {{"pinLength", options.pin_length.has_value()},
       {"pukLength", options.puk_length.has_value()},
       {"encode", options.encode.has_value()},
       {"certificates", options.certificates.has_value()}}};
  for (const auto& [name, is_given] : given)
    if (is_given && !product.operator_may_change.contains(std::string(name)))
      return OptionProblem{std::string(name), "", "the product does not let a request change it", false};
  if (options.pin_length)
    if (auto problem = check_length("pinLength", *options.pin_length, limits.pin_min, limits.pin_max))
      return problem;
  if (options.puk_length)
    if (auto problem = check_length("pukLength", *options.puk_length, limits.puk_min, limits.puk_max))
      return problem;
  return check_certificates(product, options);
}

Product with_options(Product product, const Options& options) {
  if (options.pin_length) product.pin_length = *options.pin_length;
  if (options.puk_length) product.puk_length = *options.puk_length;
  if (options.encode) product.encode = *options.encode;
  if (options.certificates)
    std::erase_if(product.certificates, [&](const ProductCertificate& row) {
      return std::ranges::find(*options.certificates, row.profile) == options.certificates->end();
    });
  if (!product.encode) product.certificates.clear();
  return product;
}

}  // namespace core
