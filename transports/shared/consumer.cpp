#include "consumer.hpp"

#include <algorithm>
#include <iterator>
#include <stop_token>
#include <string>
#include <utility>

#include <pthread.h>

namespace sagaflow::transports {

namespace {

class member_settler : public settler {
  public:
    member_settler(std::shared_ptr<group> g, std::shared_ptr<member> m)
        : group_(std::move(g)), member_(std::move(m)) {}

    void settle(std::span<const std::uint64_t> tags, verdict v) noexcept override {
        group_->settle(*member_, tags, v);
    }

  private:
    std::shared_ptr<group> group_;
    std::shared_ptr<member> member_;
};

void run(group& from, member& m, const delivery_handler& handler, const std::shared_ptr<settler>& settle,
         const std::stop_token& stop) {
    const std::stop_callback on_stop(stop, [&] { from.stop(m); });
    for (;;) {
        auto batch = from.take(m);
        if (batch.empty()) return;
        handler(std::move(batch), settle);
    }
}

} // namespace

consumer::consumer(const subscription& what, std::shared_ptr<group> from, delivery_handler handler,
                   const std::string& name, std::function<void()> left)
    : group_(std::move(from)), member_(group_->join(what)) {
    thread_ = std::thread([g = group_, m = member_, done = finished_, stop = what.stop,
                           called = (name + what.group).substr(0, 15), h = std::move(handler),
                           after = std::move(left)]() mutable {
        pthread_setname_np(pthread_self(), called.c_str());
        run(*g, *m, h, std::make_shared<member_settler>(g, m), stop);
        g->leave(*m);
        h = nullptr;
        *done = true;
        if (after) after();
    });
}

consumer::~consumer() {
    stop();
    if (thread_.get_id() == std::this_thread::get_id()) {
        thread_.detach();
    } else {
        thread_.join();
    }
}

std::vector<std::unique_ptr<consumer>> take_finished(std::vector<std::unique_ptr<consumer>>& all) {
    const auto gone =
        std::stable_partition(all.begin(), all.end(), [](const auto& c) { return !c->finished(); });
    std::vector<std::unique_ptr<consumer>> finished(std::make_move_iterator(gone),
                                                    std::make_move_iterator(all.end()));
    all.erase(gone, all.end());
    return finished;
}

} // namespace sagaflow::transports
