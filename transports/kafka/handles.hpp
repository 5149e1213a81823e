// librdkafka's objects, each with an owner.
#pragma once

#include <memory>

#include <librdkafka/rdkafka.h>

namespace sagaflow::kafka {

template <auto Destroy>
struct destroyer {
    template <class T>
    void operator()(T* what) const {
        Destroy(what);
    }
};

template <class T, auto Destroy>
using handle = std::unique_ptr<T, destroyer<Destroy>>;

using conf_handle = handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using queue_handle = handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using event_handle = handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using partitions_handle = handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using topic_handle = handle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using error_handle = handle<rd_kafka_error_t, rd_kafka_error_destroy>;
using metadata_handle = handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using new_topic_handle = handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using admin_options_handle = handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

} // namespace sagaflow::kafka
