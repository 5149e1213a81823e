#include "trouble.hpp"

namespace sagaflow::kafka {

namespace {

// OpenSSL's numbers (x509_vfy.h), so that only librdkafka needs OpenSSL.
const char* certificate_trouble(int x509_error) {
    switch (x509_error) {
        case 0:
            return nullptr;
        case 9:
            return "the broker's certificate is not valid yet: check the clocks of both machines";
        case 10:
            return "the broker's certificate has expired: it must be renewed";
        case 62: // host
        case 64: // address
            return "the broker's certificate is for another host: connect by a name that it holds, or set "
                   "tls.verify_host to false";
        default:
            return "the broker's certificate is not signed by whom tls.ca_file trusts: name the file of its "
                   "certificate authority there";
    }
}

// What the other side says of our part of the handshake comes as a mere disconnection.
bool is_tls(rd_kafka_resp_err_t err, const std::string& what) {
    return err == RD_KAFKA_RESP_ERR__SSL || what.find("SSL alert") != std::string::npos;
}

// Without how long it took and how often it was so, which librdkafka adds: the same trouble is the same text.
std::string without_figures(const std::string& what) {
    const auto from = what.ends_with(')') ? what.rfind(" (after ") : std::string::npos;
    return what.substr(0, from);
}

std::string describe(rd_kafka_resp_err_t err, const std::string& what, int x509_error) {
    if (err == RD_KAFKA_RESP_ERR__AUTHENTICATION)
        return what + ": check sasl.mechanism, sasl.user and sasl.password";
    if (!is_tls(err, what)) return what;
    if (const auto* certificate = certificate_trouble(x509_error))
        return std::string(certificate) + " (" + what + ")";
    if (what.find("certificate") != std::string::npos)
        return "the broker wants another certificate from us: check tls.certificate_file and tls.key_file (" +
               what + ")";
    return what;
}

} // namespace

void trouble::note(rd_kafka_resp_err_t err, const std::string& said) {
    const auto what = without_figures(said);
    {
        const std::lock_guard lock(mutex_);
        const bool refused = err == RD_KAFKA_RESP_ERR__AUTHENTICATION || is_tls(err, what);
        const bool summary = err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
        if (refused || (!refused_ && !summary) || text_.empty()) text_ = describe(err, what, x509_error_);
        refused_ = refused_ || refused;
    }
    noticed_();
}

void trouble::note_certificate(int x509_error) {
    const std::lock_guard lock(mutex_);
    x509_error_ = x509_error;
}

void trouble::clear() {
    const std::lock_guard lock(mutex_);
    text_.clear();
    refused_ = false;
    x509_error_ = 0;
}

bool trouble::refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
}

std::string trouble::text() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

} // namespace sagaflow::kafka
