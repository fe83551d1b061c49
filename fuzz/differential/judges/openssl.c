/* Judges cases with OpenSSL's library. The form of the input is described in src/judges/foreign.rs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

struct bytes { unsigned char *data; size_t length; };
struct list { struct bytes *members; size_t count; };

static int octets(unsigned char *into, size_t length) { return fread(into, 1, length, stdin) == length; }

static uint64_t number(int length) {
    unsigned char raw[8];
    uint64_t value = 0;
    if (!octets(raw, (size_t)length)) exit(2);
    for (int i = 0; i < length; i++) value = value << 8 | raw[i];
    return value;
}

static struct list read_list(void) {
    struct list list = {NULL, number(4)};
    list.members = calloc(list.count + 1, sizeof *list.members);
    for (size_t i = 0; i < list.count; i++) {
        struct bytes *member = &list.members[i];
        member->length = number(4);
        member->data = malloc(member->length + 1);
        if (!octets(member->data, member->length)) exit(2);
        member->data[member->length] = 0;
    }
    return list;
}

static void free_list(struct list list) {
    for (size_t i = 0; i < list.count; i++) free(list.members[i].data);
    free(list.members);
}

/* A certificate, if the octets are one and nothing more. */
static X509 *certificate(struct bytes bytes) {
    const unsigned char *at = bytes.data;
    X509 *read = d2i_X509(NULL, &at, (long)bytes.length);
    if (read && at != bytes.data + bytes.length) { X509_free(read); return NULL; }
    return read;
}

int main(void) {
    int flags;
    while ((flags = getchar()) != EOF) {
        int purpose = getchar();
        time_t moment = (time_t)number(8);
        struct list policies = read_list(), ends = read_list(), others = read_list(), lists = read_list();
        X509 *anchor = certificate(ends.members[0]), *target = certificate(ends.members[1]);
        X509_STORE *store = X509_STORE_new();
        STACK_OF(X509) *untrusted = sk_X509_new_null();
        for (size_t i = 0; i < others.count; i++) {
            X509 *read = certificate(others.members[i]);
            if (read) sk_X509_push(untrusted, read);
        }
        for (size_t i = 0; i < lists.count; i++) {
            const unsigned char *at = lists.members[i].data;
            X509_CRL *read = d2i_X509_CRL(NULL, &at, (long)lists.members[i].length);
            if (read) X509_STORE_add_crl(store, read);
            X509_CRL_free(read);
        }
        if (!anchor || !target) {
            puts("unreadable");
        } else {
            X509_STORE_add_cert(store, anchor);
            X509_STORE_CTX *context = X509_STORE_CTX_new();
            X509_STORE_CTX_init(context, store, target, untrusted);
            X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
            unsigned long set = X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK;
            if (flags & 1) set |= X509_V_FLAG_EXPLICIT_POLICY;
            if (flags & 2) set |= X509_V_FLAG_INHIBIT_MAP;
            if (flags & 4) set |= X509_V_FLAG_INHIBIT_ANY;
            if (flags & 8) set |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
            X509_VERIFY_PARAM_set_flags(parameters, set);
            X509_VERIFY_PARAM_set_time(parameters, moment);
            int purposes[] = {X509_PURPOSE_ANY, X509_PURPOSE_SSL_CLIENT, X509_PURPOSE_SMIME_SIGN};
            X509_VERIFY_PARAM_set_purpose(parameters, purposes[purpose]);
            /* None stands for any; OpenSSL wants that said. */
            if (!policies.count) X509_VERIFY_PARAM_add0_policy(parameters, OBJ_txt2obj("2.5.29.32.0", 1));
            for (size_t i = 0; i < policies.count; i++)
                X509_VERIFY_PARAM_add0_policy(parameters, OBJ_txt2obj((char *)policies.members[i].data, 1));
            if (X509_verify_cert(context) == 1) puts("valid");
            else puts(X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
            X509_STORE_CTX_free(context);
        }
        X509_free(anchor);
        X509_free(target);
        sk_X509_pop_free(untrusted, X509_free);
        X509_STORE_free(store);
        free_list(policies), free_list(ends), free_list(others), free_list(lists);
    }
    return 0;
}
