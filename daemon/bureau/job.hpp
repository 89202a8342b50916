#pragma once
#include <map>
#include <string>
#include <vector>

#include "drivers/api/clock.hpp"

// What a bureau is told of an order that it makes; docs/bureau.md has the format.
namespace bureau {

struct JobCard {
  std::string card;    // its id
  std::string number;  // to be printed
  std::map<std::string, std::string> fields;
};

// No secret of a card is in it: a body comes back with an untouched chip.
struct Job {
  std::string order;  // its id; names the file
  api::WallTime created{};
  std::string product;
  std::string production_type;
  unsigned priority = 0;  // 0 highest, to 255
  std::vector<JobCard> cards;
};

// The job in JSON (RFC 8259), UTF-8, one line.
std::string to_json(const Job& job);

}  // namespace bureau
