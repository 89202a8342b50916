#pragma once
#include <filesystem>
#include <functional>
#include <map>

#include "daemon/runtime/job.hpp"
#include "daemon/vault/vault.hpp"
#include "drivers/api/document_printer.hpp"

namespace runtime {

struct PostSettings {
  std::filesystem::path folder;             // for a mailer station
  std::string organisation;                 // letters print it
  api::DocumentPrinter* printer = nullptr;  // outlives the post; null: letters go into the folder
};

// Sends PIN letters on their way: paper takes its time, and nothing else waits for it. Used by one thread.
// What it reports as `notDone` has surely not gone out and may be tried again; after `unknown` a person has
// to look.
class Post {
 public:
  using Fields = std::map<std::string, std::string>;
  // Draws one letter as a PDF. An empty PUK does not stand on it.
  using Draw = std::function<api::Result<api::Secret>(const Fields& fields, const api::Secret& pin,
                                                      const api::Secret& puk, api::Deadline deadline)>;

  // All of these outlive the post.
  Post(Draw draw, const vault::Vault& vault, const api::Clock& clock, PostSettings settings)
      : draw_(std::move(draw)), vault_(vault), clock_(clock), settings_(std::move(settings)) {}

  // Of a job whose step is `letter`. What is left to be kept comes back with it: the PIN is not.
  api::Result<core::Brought> perform(const Job& job);

 private:
  api::Result<> send(const Job& job, const api::Secret& letter, api::Deadline deadline);

  Draw draw_;
  const vault::Vault& vault_;
  const api::Clock& clock_;
  PostSettings settings_;
};

}  // namespace runtime
