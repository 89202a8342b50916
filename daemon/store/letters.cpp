#include "daemon/store/connection.hpp"

// Letters, and PINs that are still owed one.
namespace store {

std::optional<core::Letter> Store::letter_of(const core::AttemptId& attempt) {
  static const std::string sql = select_from<core::Letter>() + "WHERE attempt=?1";
  return connection_->find<core::Letter>(sql, attempt);
}

}  // namespace store
