#include "core/hot_set.hpp"

namespace sagaflow::core {

hot_saga* hot_set::find(std::string_view id) const {
    const auto it = sagas_.find(id);
    return it == sagas_.end() ? nullptr : it->second.get();
}

hot_saga& hot_set::insert(std::unique_ptr<hot_saga> saga, bool recently) {
    auto& s = *saga;
    sagas_.emplace(std::string_view(s.record.id), std::move(saga));
    if (recently)
        link_newest(s);
    else
        link_oldest(s);
    return s;
}

void hot_set::erase(hot_saga& saga) {
    unlink(saga);
    sagas_.erase(std::string_view(saga.record.id));
}

void hot_set::touch(hot_saga& saga) {
    if (newest_ == &saga) return;
    unlink(saga);
    link_newest(saga);
}

void hot_set::link_newest(hot_saga& saga) {
    saga.older = newest_;
    saga.newer = nullptr;
    if (newest_) newest_->newer = &saga;
    newest_ = &saga;
    if (!oldest_) oldest_ = &saga;
}

void hot_set::link_oldest(hot_saga& saga) {
    saga.newer = oldest_;
    saga.older = nullptr;
    if (oldest_) oldest_->older = &saga;
    oldest_ = &saga;
    if (!newest_) newest_ = &saga;
}

void hot_set::unlink(hot_saga& saga) {
    (saga.newer ? saga.newer->older : newest_) = saga.older;
    (saga.older ? saga.older->newer : oldest_) = saga.newer;
}

} // namespace sagaflow::core
