import NIOSSL

/// An authority that nobody trusts, and what it has signed. For these tests alone; valid for a hundred years.
enum TestCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBmjCCAT+gAwIBAgIUYv54SZGoqrovYElStBYTp5fMwKQwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MTAyNzI3WhgPMjEy
        NjExMDExMDI3MjdaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE0TN4DcxQLgqvQGc7vROGFkdsnKtUD6O4uI+Nh8a+
        MCX989Q7wyKQ4Ny0kzjXxJimky2rKbQHmAEja7s2XexAYKNjMGEwHQYDVR0OBBYE
        FC6E5F/Nsq1cobvGyvV/FsSioSDhMB8GA1UdIwQYMBaAFC6E5F/Nsq1cobvGyvV/
        FsSioSDhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49
        BAMCA0kAMEYCIQCI2TO99sXeCkPbEFhQhL4IGthM2rsnIqJj60LeMlDUpAIhAM+w
        W6Jx0dQwLXmQbpjpSiT0VIVRY6/eywWqgZfAHiQ3
        -----END CERTIFICATE-----
        """

    /// For `localhost` and 127.0.0.1.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBjzCCATWgAwIBAgIUY/QBel437UJ6JvK/tu4pC+3AZOEwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MTAyNzI3WhgPMjEy
        NjExMDExMDI3MjdaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABOi4V9gSODKX0pPPr6mAohefnmD95LKzCHjHAbDIsDAikOlb
        XCKFhXhSy7VV7/THhAQHq1CyCkx/l5oxgN+smNGjXjBcMBoGA1UdEQQTMBGCCWxv
        Y2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQU88Aa9CDd6EBsJD52VAFL+o8yfTcwHwYD
        VR0jBBgwFoAULoTkX82yrVyhu8bK9X8WxKKhIOEwCgYIKoZIzj0EAwIDSAAwRQIh
        AKIvfFyd6+gW+J8Mmrr0iUK6at7e9zknsXqhnnS6uYNxAiBkmvUmbD8XdYaeqaGk
        AhCl3Ag8qR5Md2XquSK19PTKBQ==
        -----END CERTIFICATE-----
        """

    /// For `other.test`.
    static let other = """
        -----BEGIN CERTIFICATE-----
        MIIBizCCATCgAwIBAgIUY/QBel437UJ6JvK/tu4pC+3AZOIwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MTAyNzI3WhgPMjEy
        NjExMDExMDI3MjdaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABOi4V9gSODKX0pPPr6mAohefnmD95LKzCHjHAbDIsDAikOlb
        XCKFhXhSy7VV7/THhAQHq1CyCkx/l5oxgN+smNGjWTBXMBUGA1UdEQQOMAyCCm90
        aGVyLnRlc3QwHQYDVR0OBBYEFPPAGvQg3ehAbCQ+dlQBS/qPMn03MB8GA1UdIwQY
        MBaAFC6E5F/Nsq1cobvGyvV/FsSioSDhMAoGCCqGSM49BAMCA0kAMEYCIQDVKVbT
        yYugGo+ukMngp0dcKM1u7SkPeoKqFHZyNxSaGAIhANgjarns+Nfy85mNtN9W1WZB
        vUcAnGzYcQ6zLMH7r1Rf
        -----END CERTIFICATE-----
        """

    /// Of both.
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwD+TNJTPdnaVrWGp
        CCZt5H5ker44xI4DBxzAp9a0FN6hRANCAATouFfYEjgyl9KTz6+pgKIXn55g/eSy
        swh4xwGwyLAwIpDpW1wihYV4Usu1Ve/0x4QEB6tQsgpMf5eaMYDfrJjR
        -----END PRIVATE KEY-----
        """

    static func server(_ certificate: String) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        return .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
    }

    static func client(trusting authority: String? = authority) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authority {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
        }
        return configuration
    }
}
