// Judges cases with Go's crypto/x509. The form of the input is described in src/judges/foreign.rs.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func number(in io.Reader) int {
	var value uint32
	if err := binary.Read(in, binary.BigEndian, &value); err != nil {
		panic(err)
	}
	return int(value)
}

func list(in io.Reader) [][]byte {
	members := make([][]byte, number(in))
	for i := range members {
		members[i] = make([]byte, number(in))
		if _, err := io.ReadFull(in, members[i]); err != nil {
			panic(err)
		}
	}
	return members
}

func main() {
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		flags, err := in.ReadByte()
		if errors.Is(err, io.EOF) {
			return
		}
		purpose, _ := in.ReadByte()
		var seconds int64
		if err := binary.Read(in, binary.BigEndian, &seconds); err != nil {
			panic(err)
		}
		policies, ends, others, _ := list(in), list(in), list(in), list(in)
		fmt.Fprintln(out, judge(flags, purpose, time.Unix(seconds, 0), policies, ends, others))
	}
}

func judge(flags, purpose byte, at time.Time, policies, ends, others [][]byte) string {
	// Revocation, and the inputs of RFC 5280 about policies other than the set, are not for this verifier.
	if flags != 0 {
		return "unasked"
	}
	anchor, err := x509.ParseCertificate(ends[0])
	if err != nil {
		return "unreadable: " + err.Error()
	}
	target, err := x509.ParseCertificate(ends[1])
	if err != nil {
		return "unreadable: " + err.Error()
	}
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{map[byte]x509.ExtKeyUsage{
			0: x509.ExtKeyUsageAny, 1: x509.ExtKeyUsageClientAuth, 2: x509.ExtKeyUsageEmailProtection,
		}[purpose]},
	}
	options.Roots.AddCert(anchor)
	for _, other := range others {
		if read, err := x509.ParseCertificate(other); err == nil {
			options.Intermediates.AddCert(read)
		}
	}
	for _, policy := range policies {
		oid, err := x509.ParseOID(string(policy))
		if err != nil {
			panic(err)
		}
		options.CertificatePolicies = append(options.CertificatePolicies, oid)
	}
	if _, err := target.Verify(options); err != nil {
		return strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return "valid"
}
