#include "wire/one_request.hpp"

#include <map>
#include <utility>

namespace signup {

namespace {

using sagaflow::message;
using sagaflow::message_kind;

class one_request final : public sagaflow::transport {
  public:
    one_request(std::shared_ptr<sagaflow::transport> inner,
                std::shared_ptr<const sagaflow::wire::envelope> written_by)
        : inner_(std::move(inner)), written_by_(std::move(written_by)) {}

    void open(std::vector<std::string> addresses, sagaflow::health_handler on_health) override {
        inner_->open(std::move(addresses), std::move(on_health));
    }
    void publish(std::vector<message> batch, sagaflow::publish_handler done) override;
    void consume(sagaflow::subscription what, sagaflow::delivery_handler handler) override {
        inner_->consume(std::move(what), std::move(handler));
    }
    void close() override { inner_->close(); }

  private:
    std::shared_ptr<sagaflow::transport> inner_;
    std::shared_ptr<const sagaflow::wire::envelope> written_by_;
};

void one_request::publish(std::vector<message> batch, sagaflow::publish_handler done) {
    std::vector<message> sent;
    std::vector<std::vector<std::size_t>> stands_for; // of each that is sent: its places in the batch
    std::map<std::pair<std::string, std::string>, std::size_t> known;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& m = batch[i];
        auto at = sent.size();
        if (m.kind == message_kind::command || m.kind == message_kind::compensation)
            at = known.try_emplace({m.address, written_by_->write(m).body}, at).first->second;
        if (at == sent.size()) {
            sent.push_back(std::move(m));
            stands_for.emplace_back();
        }
        stands_for[at].push_back(i);
    }
    inner_->publish(std::move(sent), [stands_for = std::move(stands_for),
                                      done = std::move(done)](std::span<const sagaflow::published> report) {
        if (!done) return;
        std::vector<sagaflow::published> all;
        for (const auto& p : report)
            for (const auto i : stands_for[p.index]) all.push_back({i, p.result, p.reason});
        done(all);
    });
}

} // namespace

std::shared_ptr<sagaflow::transport> make_one_request(
    std::shared_ptr<sagaflow::transport> inner, std::shared_ptr<const sagaflow::wire::envelope> written_by) {
    return std::make_shared<one_request>(std::move(inner), std::move(written_by));
}

} // namespace signup
