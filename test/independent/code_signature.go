package main

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"debug/macho"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"sort"
)

// What checkSignature found in a program for macOS.
type signatureReport struct {
	Identifier string `json:"identifier"`
	AdHoc      bool   `json:"adHoc"`
	// Has a signature by a certificate, which is not checked here.
	Signed   bool `json:"signed"`
	Pages    int  `json:"pages"`
	BadPages int  `json:"badPages"`
	// Parts beside the code (requirements, entitlements) whose hash is right.
	SpecialParts int `json:"specialParts"`
	// What macOS would refuse.
	Faults []string `json:"faults"`
}

// checkSignature holds a Mach-O file against its code signature, as the kernel of macOS does when it starts the file: every
// page's hash, the parts beside the code, and where the signature lies. Prints a signatureReport.
func checkSignature(args []string) {
	if len(args) != 1 {
		fail("usage: independent code-signature FILE")
	}
	content, err := os.ReadFile(args[0])
	check(err)
	file, err := macho.NewFile(bytes.NewReader(content))
	check(err)
	report := signatureReport{Faults: []string{}}
	fault := func(format string, values ...any) {
		report.Faults = append(report.Faults, fmt.Sprintf(format, values...))
	}
	checkSegments(file, uint64(len(content)), fault)

	var start, size uint32
	for _, load := range file.Loads {
		raw := load.Raw()
		if file.ByteOrder.Uint32(raw) == 0x1d {
			start, size = file.ByteOrder.Uint32(raw[8:]), file.ByteOrder.Uint32(raw[12:])
		}
	}
	if size == 0 {
		fault("no code signature")
	} else if int(start)+int(size) != len(content) || start%16 != 0 {
		fault("the signature lies at %d, %d bytes, in a file of %d", start, size, len(content))
	} else {
		readSuperBlob(content[:start], content[start:], &report, fault)
	}
	check(json.NewEncoder(os.Stdout).Encode(report))
}

func checkSegments(file *macho.File, fileSize uint64, fault func(string, ...any)) {
	var segments []*macho.Segment
	for _, load := range file.Loads {
		if segment, ok := load.(*macho.Segment); ok {
			segments = append(segments, segment)
		}
	}
	sort.Slice(segments, func(a, b int) bool { return segments[a].Addr < segments[b].Addr })
	for index, segment := range segments {
		if segment.Offset+segment.Filesz > fileSize {
			fault("%s ends behind the file", segment.Name)
		}
		if segment.Filesz > segment.Memsz {
			fault("%s has less room in memory than in the file", segment.Name)
		}
		if segment.Addr%0x1000 != 0 || segment.Memsz%0x1000 != 0 {
			fault("%s is not made of whole pages", segment.Name)
		}
		if index > 0 {
			before := segments[index-1]
			if before.Addr+before.Memsz > segment.Addr || before.Offset+before.Filesz > segment.Offset {
				fault("%s overlaps %s", segment.Name, before.Name)
			}
		}
	}
	last := segments[len(segments)-1]
	if last.Name != "__LINKEDIT" || last.Offset+last.Filesz != fileSize {
		fault("the last segment is %s and ends at %d of %d", last.Name, last.Offset+last.Filesz, fileSize)
	}
}

func readSuperBlob(code, signature []byte, report *signatureReport, fault func(string, ...any)) {
	big := binary.BigEndian
	if big.Uint32(signature) != 0xfade0cc0 {
		fault("no embedded signature")
		return
	}
	parts := map[uint32][]byte{}
	for index := uint32(0); index < big.Uint32(signature[8:]); index++ {
		slot, offset := big.Uint32(signature[12+8*index:]), big.Uint32(signature[16+8*index:])
		parts[slot] = signature[offset : offset+big.Uint32(signature[offset+4:])]
	}
	directories := 0
	for slot, part := range parts {
		// The first directory, and those with other hashes beside it.
		if slot == 0 || slot >= 0x1000 && slot < 0x1006 {
			directories++
			checkDirectory(code, part, parts, report, fault)
		}
	}
	if directories == 0 {
		fault("no code directory")
	}
	report.Signed = len(parts[0x10000]) > 8
}

func checkDirectory(code, directory []byte, parts map[uint32][]byte, report *signatureReport, fault func(string, ...any)) {
	big := binary.BigEndian
	hashOffset, identifierOffset := big.Uint32(directory[16:]), big.Uint32(directory[20:])
	specialSlots, codeSlots, codeLimit := big.Uint32(directory[24:]), big.Uint32(directory[28:]), big.Uint32(directory[32:])
	hashSize, pageSize := uint32(directory[36]), 1<<directory[39]
	hash := func(content []byte) []byte {
		if directory[37] == 1 {
			sum := sha1.Sum(content)
			return sum[:]
		}
		sum := sha256.Sum256(content)
		return sum[:hashSize]
	}
	if int(codeLimit) != len(code) {
		fault("the hashes cover %d bytes of %d", codeLimit, len(code))
	}
	if int(codeSlots) != (int(codeLimit)+pageSize-1)/pageSize {
		fault("%d hashes for %d bytes", codeSlots, codeLimit)
		return
	}
	for slot := uint32(0); slot < codeSlots; slot++ {
		page := code[int(slot)*pageSize : min(int(slot+1)*pageSize, int(codeLimit))]
		if !bytes.Equal(hash(page), directory[hashOffset+slot*hashSize:hashOffset+(slot+1)*hashSize]) {
			report.BadPages++
		}
	}
	report.Pages += int(codeSlots)
	for slot := uint32(1); slot <= specialSlots; slot++ {
		expected := directory[hashOffset-slot*hashSize : hashOffset-(slot-1)*hashSize]
		part, exists := parts[slot]
		if exists && bytes.Equal(hash(part), expected) {
			report.SpecialParts++
		} else if exists != !bytes.Equal(expected, make([]byte, hashSize)) {
			fault("special slot %d has a part: %t, but its hash does not say so", slot, exists)
		} else if exists {
			fault("special slot %d has another hash", slot)
		}
	}
	report.Identifier = string(bytes.SplitN(directory[identifierOffset:], []byte{0}, 2)[0])
	report.AdHoc = big.Uint32(directory[12:])&2 != 0
}
