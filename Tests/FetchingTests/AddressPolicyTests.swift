@testable import Fetching
import Testing

/// Expected values: IANA's registries of special-purpose addresses, column "Globally Reachable".
@Suite struct AddressPolicyTests {
    @Test(
        "addresses that are not reachable from all of the internet are refused",
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
            "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255",
            "192.0.0.0", "192.0.0.170", "192.0.2.1", "192.168.0.0", "192.168.255.255", "198.18.0.0",
            "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1",
            "255.255.255.255", "192.88.99.1",
            "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:2::1",
            "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1",
            "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "4000::1",
        ])
    func refused(text: String) throws {
        #expect(!AddressPolicy.globallyRoutable.allows(try #require(IPAddress(text))))
        #expect(AddressPolicy.everything.allows(try #require(IPAddress(text))))
    }

    @Test(
        "addresses on both sides of the special ranges are allowed",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "8.8.8.8",
            "192.31.196.1", "192.52.193.1", "192.175.48.1", "2606:4700::1", "2001:200::1", "2a00:1450::1",
            "64:ff9b::8.8.8.8", "2620:4f:8000::1", "3fff:1000::1",
        ])
    func allowed(text: String) throws {
        #expect(AddressPolicy.globallyRoutable.allows(try #require(IPAddress(text))))
    }

    @Test func `addresses are read in one form and written in it`() {
        #expect(IPAddress("192.0.2.1")?.description == "192.0.2.1")
        #expect(IPAddress("2001:DB8::0:1")?.description == "2001:db8::1")
        for text in ["", "1.2.3", "01.2.3.4", "1.2.3.4 ", "fe80::1%eth0", "[::1]", "::1::", "0x7f.0.0.1"] {
            #expect(IPAddress(text) == nil, "\(text)")
        }
        #expect(AddressRange("10.0.0.0/33") == nil && AddressRange("10.0.0.0") == nil)
    }
}
