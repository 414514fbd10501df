package mapping

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"slices"
)

// blockMode encrypts text under a block cipher and an initialization vector, and appends the result to dst.
type blockMode func(block cipher.Block, dst, iv, text []byte) ([]byte, error)

// secretKey encrypts under a shared key. What it writes begins with the initialization vector, which is another one each time.
type secretKey struct {
	block  cipher.Block
	mode   blockMode
	pads   bool
	sealed []byte
}

// padding says whether a mode takes the paddings. Those that are refused would lose most values, or are refused by Java, in whose
// words modes and paddings are.
type padding struct {
	mode         blockMode
	plain, pkcs5 bool
}

var modes = []choice[padding]{
	{"CBC", padding{mode: appendCBC, pkcs5: true}},
	{"CFB", padding{mode: appendCFB, plain: true, pkcs5: true}},
	{"OFB", padding{mode: appendOFB, plain: true, pkcs5: true}},
	{"CTR", padding{mode: appendCTR, plain: true}},
	{"GCM", padding{mode: appendGCM, plain: true}},
	{"ECB", padding{}},
}

func newAES(c *settings) (textCipher, *Fault) {
	digits := c.text("key")
	mode := pick(c, "mode", modes)
	pads := pick(c, "padding", []choice[bool]{{"NoPadding", false}, {"PKCS5Padding", true}})
	if c.fault != nil {
		return nil, c.fault
	}
	switch {
	case mode.mode == nil:
		return nil, faultOf(Unsuitable, "AES in mode ECB shows which values are the same. Use CTR with NoPadding, or CBC with PKCS5Padding.")
	case pads && !mode.pkcs5:
		return nil, faultOf(Unsuitable, "AES in this mode takes no padding. Use NoPadding.")
	case !pads && !mode.plain:
		return nil, faultOf(Unsuitable, "AES in this mode without padding could encrypt only values of whole blocks. Use PKCS5Padding.")
	}
	key, err := hex.DecodeString(digits)
	if err == nil {
		if block, err := aes.NewCipher(key); err == nil {
			return &secretKey{block: block, mode: mode.mode, pads: pads}, nil
		}
	}
	return nil, faultOf(Unsuitable, "The key must be 32, 48 or 64 hexadecimal digits, for AES of 128, 192 or 256 bits.")
}

func (k *secretKey) append(dst, text []byte) ([]byte, error) {
	k.sealed = slices.Grow(k.sealed[:0], len(text)+3*aes.BlockSize)[:aes.BlockSize]
	rand.Read(k.sealed)
	if k.pads {
		text = pad(text)
	}
	sealed, err := k.mode(k.block, k.sealed, k.sealed[:aes.BlockSize:aes.BlockSize], text)
	if err != nil {
		return nil, err
	}
	k.sealed = sealed
	return hex.AppendEncode(dst, sealed), nil
}

// pad fills up the last block, or adds one, with bytes that tell how many they are.
func pad(text []byte) []byte {
	n := aes.BlockSize - len(text)%aes.BlockSize
	padded := append(make([]byte, 0, len(text)+n), text...)
	for range n {
		padded = append(padded, byte(n))
	}
	return padded
}

// extend makes room for n more bytes at the end of dst.
func extend(dst []byte, n int) (whole, added []byte) {
	whole = slices.Grow(dst, n)[:len(dst)+n]
	return whole, whole[len(dst):]
}

func appendCBC(block cipher.Block, dst, iv, text []byte) ([]byte, error) {
	whole, added := extend(dst, len(text))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(added, text)
	return whole, nil
}

func appendCTR(block cipher.Block, dst, iv, text []byte) ([]byte, error) {
	whole, added := extend(dst, len(text))
	cipher.NewCTR(block, iv).XORKeyStream(added, text)
	return whole, nil
}

func appendGCM(block cipher.Block, dst, iv, text []byte) ([]byte, error) {
	aead, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return nil, err
	}
	return aead.Seal(dst, iv, text, nil), nil
}

// appendCFB feeds whole blocks of what it has encrypted back.
func appendCFB(block cipher.Block, dst, iv, text []byte) ([]byte, error) {
	return appendFeedback(block, dst, iv, text, func(added, _ []byte) []byte { return added })
}

// appendOFB feeds the key stream back.
func appendOFB(block cipher.Block, dst, iv, text []byte) ([]byte, error) {
	return appendFeedback(block, dst, iv, text, func(_, stream []byte) []byte { return stream })
}

func appendFeedback(block cipher.Block, dst, iv, text []byte, feedback func(added, stream []byte) []byte) ([]byte, error) {
	whole, added := extend(dst, len(text))
	var stream, last [aes.BlockSize]byte
	copy(last[:], iv)
	for len(added) > 0 {
		block.Encrypt(stream[:], last[:])
		n := subtle.XORBytes(added, text, stream[:])
		copy(last[:], feedback(added[:n], stream[:]))
		added, text = added[n:], text[n:]
	}
	return whole, nil
}
