#include "tls.hpp"

#include <sagaflow/error.hpp>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace sagaflow::amqp {

namespace {

std::string last_error() {
    const auto code = ERR_peek_last_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "no reason given" : reason;
}

[[noreturn]] void unusable(const std::string& what, const std::string& file) {
    throw error(errc::invalid_argument, what + " '" + file + "' can't be used: " + last_error());
}

// Called for each certificate of the broker's chain; keeps what is wrong with the first bad one.
int on_certificate(int fine, X509_STORE_CTX* chain) {
    if (fine == 1) return fine;
    const auto* const ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const complaint = static_cast<std::string*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    if (complaint->empty()) *complaint = X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
    return fine;
}

// The library's own check of the name fails for IP addresses before 0.14.
void expect_name(SSL_CTX* context, const std::string& host) {
    auto* const expected = SSL_CTX_get0_param(context);
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return;
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
}

// Instead of a question at the terminal.
int give_password(char* to, int size, int, void* options) {
    const auto& password = static_cast<const tls_options*>(options)->key_password;
    if (password.empty() || password.size() > static_cast<std::size_t>(size)) return 0;
    password.copy(to, password.size());
    return static_cast<int>(password.size());
}

void show_certificate(SSL_CTX* context, const tls_options& options) {
    SSL_CTX_set_default_passwd_cb(context, give_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, const_cast<tls_options*>(&options));
    if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1)
        unusable("the client certificate", options.certificate_file);
    if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        unusable("the client's key", options.key_file);
}

} // namespace

tls_socket::tls_socket(amqp_connection_state_t of, const tls_options& options, const std::string& host)
    : handle_(amqp_ssl_socket_new(of)) {
    if (handle_ == nullptr) throw std::bad_alloc();
    ERR_clear_error();
    auto* const context = static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(handle_));
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_certificate);
    SSL_CTX_set_app_data(context, complaint_.get());
    amqp_ssl_socket_set_verify_peer(handle_, 1);
    amqp_ssl_socket_set_verify_hostname(handle_, 0);
    if (options.verify_host) expect_name(context, host);
    if (options.ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(context);
    } else if (SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
        unusable("the file of certificate authorities", options.ca_file);
    }
    if (!options.certificate_file.empty()) show_certificate(context, options);
}

std::string tls_socket::why() const {
    return complaint_->empty() ? last_error() : "the broker's certificate was not accepted: " + *complaint_;
}

} // namespace sagaflow::amqp
