// SPDX-License-Identifier: MIT
//
// Texts that are no conditions: the column, and what would have fitted there.
#include "model/property/parser.h"

#include "model/property/vocabulary.h"
#include "tests/model/model_fixture.h"

using namespace model;
using Catch::Matchers::Contains;

namespace {

const std::vector<std::string> rpcs{"write", "next"};

std::string complaint(const std::string& text, unsigned memories = 0) {
  try {
    (void)read_condition(text, rpcs, memories);
  } catch (const ConditionError& error) {
    CHECK(std::string(error.what()).starts_with("column " + std::to_string(error.column) + ": "));
    return error.what();
  }
  return "accepted";
}

std::string repeated(const std::string& text, unsigned times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

}  // namespace

TEST_CASE("what does not fit is named with its column, and what would fit", "[sanitized]") {
  struct Row {
    const char* text;
    const char* complaint;
  };
  const std::vector<Row> rows{
      {"", "column 1: expected a condition, found the end"},
      {"   ", "column 4: expected a condition, found the end"},
      {"mr.mappd", "column 4: there is no 'mappd' of an MR; did you mean 'mapped'?"},
      {"rpc.dnoe", "column 5: there is no 'dnoe' of an RPC; did you mean 'done'?"},
      {"conected", "column 1: there is no 'conected'; did you mean 'connected'?"},
      {"mapped", "column 1: 'mapped' is of an MR; expected 'mr.mapped'"},
      {"done", "column 1: 'done' is of an RPC; expected 'rpc.done'"},
      {"mr.fr_state == FLUSHED",
       "column 16: 'fr_state' is never 'FLUSHED'; did you mean 'FLUSHED_"},
      {"mr.fr_state == valid", "column 16: 'fr_state' is never 'valid'"},
      {"mr.fr_state",
       "column 12: expected '==' or another comparison after 'fr_state', found the end"},
      {"mr.fr_state < VALID",
       "column 13: the values of 'fr_state' have no order; expected '==' or '!='"},
      {"losses_left == many", "column 16: expected a whole number from 0 to 255, found 'many'"},
      {"losses_left == 256", "column 16: expected a whole number from 0 to 255, found '256'"},
      {"connected == yes", "column 14: 'connected' is never 'yes'; there are false, true"},
      {"connected connecting", "column 11: expected && or || or => or the end, found 'connecting'"},
      {"connected < locked", "column 11: expected && or || or => or the end, found '<'"},
      {"(connected", "column 11: expected ')' at the end of what '(' begins, found the end"},
      {"connected)", "column 10: expected && or || or => or the end, found ')'"},
      {"connected &&", "column 13: expected a condition, found the end"},
      {"connected & locked", "column 11: '&' has no meaning here"},
      {"any mapped", "column 5: expected 'mr' or 'rpc' after 'any', found 'mapped'"},
      {"any mr mr.mapped",
       "column 8: expected ':' between a quantifier and its condition, found 'mr'"},
      {"any mr of write: mr.mapped",
       "column 11: expected 'rpc' whose MRs are meant, found 'write'"},
      {"mr[1].mapped", "column 1: MRs are interchangeable, so a condition cannot name one"},
      {"rpc[3].done", "column 5: there is no RPC '3'; "},
      {"rpc[wirte].done", "column 5: there is no RPC 'wirte'; did you mean 'write'?"},
      {"rpc[1.done", "column 6: expected ']' after the RPC's number or name, found '.'"},
      {"rpc[\"write].done", "column 5: the quotation has no end"},
      {"event dma_unmapp", "column 7: 'event' is never 'dma_unmapp'; did you mean 'dma_unmap'?"},
      {"event dma_unmap of rpc", "column 20: this event is of no RPC"},
      {"event reply of mr", "column 16: this event is of no MR"},
      {"event dma_unmap to mapped", "column 17: this event has no 'to'"},
      {"event posted FASTRG",
       "column 14: there is no work request 'FASTRG'; did you mean 'FASTREG'?"},
      {"event posted by nobody", "column 17: 'by' is never 'nobody'"},
      {"event violation", "column 7: what the model itself reports cannot be part of a condition"},
      {"once rpc.done",
       "column 6: what is remembered ('once', '<') cannot be of an RPC from outside"},
      {"any rpc: once rpc.done", "column 15: what is remembered"},
      {"mr.mapped \xc3\xa4", "column 11: expected printable ASCII characters"},
      {"mr.mapped\n", "column 10: expected printable ASCII characters"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK_THAT(complaint(row.text), Contains(row.complaint));
  }
}

TEST_CASE("a condition has bounds", "[sanitized]") {
  CHECK(complaint(std::string(longest_condition - 4, ' ') + "true") == "accepted");
  CHECK_THAT(complaint(std::string(longest_condition - 3, ' ') + "true"),
             Contains("column 1001: the condition is longer than 1000 bytes"));
  CHECK(complaint(repeated("!", 38) + "true") == "accepted");
  CHECK_THAT(complaint(repeated("!", 39) + "true"), Contains("nested deeper than 40 levels"));
  CHECK(complaint(repeated("(", 19) + "true" + repeated(")", 19)) == "accepted");
  CHECK_THAT(complaint(repeated("(", 20) + "true" + repeated(")", 20)),
             Contains("nested deeper than 40 levels"));
  CHECK(complaint("true" + repeated("||true", 149)) == "accepted");
  CHECK_THAT(complaint("true" + repeated("||true", 150)), Contains("more than 300 parts"));
  CHECK(complaint("once connected", 4) == "accepted");
  CHECK_THAT(complaint("once connected", 5), Contains("column 1: at most 5 things"));
  CHECK_THAT(complaint("once connected && once locked", 4),
             Contains("column 19: at most 5 things"));
}

TEST_CASE("every field and every event can be asked for") {
  for (const FieldWord& field : field_words()) {
    const std::string subject = field.subject == Subject::mr    ? "mr."
                                : field.subject == Subject::rpc ? "rpc."
                                                                : "";
    const std::string name = subject + std::string(field.name);
    CAPTURE(name);
    if (field.domain == Domain::flag) CHECK(complaint(name) == "accepted");
    if (field.domain == Domain::number) CHECK(complaint(name + " == 0") == "accepted");
    for (const std::string& word : words_of(field.domain)) {
      CHECK(complaint(name + " == " + word) == "accepted");
    }
  }
  for (const char* text :
       {"event posted LOCAL_INV_signaled of mr", "event posted drain_marker",
        "event flushed SEND of rpc", "event connected to off",
        "event marshal_failed of rpc to -ENOBUFS", "event qp to ERROR",
        "event dma_map of mr to TO_DEVICE", "event locked of rpc", "event budget || true"}) {
    CAPTURE(text);
    if (std::string(text) == "event budget || true") {
      CHECK_THAT(complaint(text), Contains("column 7"));
    } else {
      CHECK(complaint(text) == "accepted");
    }
  }
}

TEST_CASE("the same condition in other words") {
  CHECK(canonical_text("connected and  not locked or mr.mapped") ==
        canonical_text("connected&&!locked||mr.mapped"));
  CHECK(canonical_text("connected && locked") != canonical_text("connected || locked"));
}
