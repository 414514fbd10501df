package declarative

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those of Latin, Greek and Cyrillic alphabets, and signs, that are not an ASCII letter with something added, each with
// what is written for it.
const letters = `⁄ / ¡ ! ¢ c £ GBP ¤ $ ¥ Y ¦ | § S ¨ " © (C) « << ¬ ! ® (R) ¯ - ° deg ± +- ´ ' µ u ¶ P · - ¸ , » >> ¿ ? Æ Ae Ð D × * Ø O Þ Th ß ss ` +
	`æ ae ð d ÷ / ø o þ th Đ D đ d Ħ H ħ h ı i ĸ q Ł L ł l Ŋ Ng ŋ ng Œ Oe œ oe Ŧ T ŧ t · ; Α A Β V Γ G Δ D Ε E Ζ Z Η I Θ Th Ι I Κ K ` +
	`Λ L Μ M Ν N Ξ X Ο O Π P Ρ R Σ S Τ T Υ Y Φ F Χ Ch Ψ Ps Ω O α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r ` +
	`ς s σ s τ t υ y φ f χ ch ψ ps ω o Ђ Dj Є Ie Ѕ Dz І I Ј J Љ Lj Њ Nj Ћ C Џ Dzh А A Б B В V Г G Д D Е E Ж Zh З Z И I Й Y К K Л L М M ` +
	`Н N О O П P Р R С S Т T У U Ф F Х Kh Ц Ts Ч Ch Ш Sh Щ Shch Ъ ' Ы Y Ь ' Э E Ю Yu Я Ya а a б b в v г g д d е e ж zh з z и i й y к k ` +
	`л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ ' ы y ь ' э e ю yu я ya ђ dj є ie ѕ dz і i ј j љ lj њ nj ћ c ` +
	"џ dzh Ґ G ґ g ‐ - ‒ - – - — - ― - ‖ || ‗ _ ‘ ' ’ ' ‚ ' ‛ ' “ \" ” \" „ \" ‟ \" † + ‡ ++ • * ‣ * ‧ - ‰ %0 ‱ %00 ′ ' ‵ ` ‸ ^ ‹ < › > " +
	`€ EUR `

var transliterate = strings.NewReplacer(strings.Fields(letters)...)

// ascii is text in ASCII. Letters of other alphabets than those above are left out.
func ascii(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return -1
		}
		return r
	}, transliterate.Replace(norm.NFKD.String(transliterate.Replace(s))))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
