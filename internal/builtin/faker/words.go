package faker

// fields writes each word as the JSON field that holds it, once, so that making a record is mere copying.
func fields(name string, words ...string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = `,"` + name + `":"` + word + `"`
	}
	return out
}

var names = []string{
	"Ada", "Alan", "Alba", "Amir", "Anaïs", "Andrés", "Anika", "Arjun", "Asa", "Aylin", "Bao", "Beatriz", "Björn",
	"Blanca", "Bram", "Carmen", "Chidi", "Chloé", "Clara", "Dalia", "Dario", "Deniz", "Dmitri", "Eero", "Elena", "Elif",
	"Emeka", "Esra", "Farah", "Femi", "Fiona", "Freya", "Gael", "Grace", "Greta", "Hana", "Hassan", "Hugo", "Ida",
	"Ilse", "Imani", "Indra", "Ines", "Isak", "Ivo", "Jamal", "Jana", "Jonas", "José", "Jun", "Kaia", "Karim", "Kenji",
	"Lale", "Lars", "Leila", "Linh", "Luca", "Maja", "Malik", "Mara", "Mateo", "Mei", "Mila", "Nadia", "Naoki", "Nia",
	"Nils", "Noor", "Olga", "Omar", "Otto", "Paz", "Petra", "Priya", "Quinn", "Rafa", "Rania", "Ravi", "Rosa", "Ruth",
	"Saanvi", "Sami", "Selma", "Sofía", "Stellan", "Tariq", "Tess", "Thandi", "Tomás", "Uma", "Vera", "Viggo", "Wanda",
	"Wei", "Xenia", "Yara", "Yusuf", "Zeynep", "Zoë",
}

var titles = fields("title",
	"Mr.", "Ms.", "Mx.", "Dr.", "Prof.", "M.Sc.", "Ph.D.", "B.A.", "M.A.", "M.Eng.",
)

var mailboxes = []string{
	"amber", "anchor", "arrow", "aspen", "badger", "basil", "beacon", "birch", "brook", "cedar", "cinder", "cloud",
	"clover", "comet", "coral", "crane", "dawn", "delta", "ember", "falcon", "fern", "finch", "flint", "forest",
	"frost", "garnet", "ginger", "glade", "harbor", "hazel", "heron", "indigo", "iris", "island", "jasper", "juniper",
	"kestrel", "lagoon", "lantern", "lark", "laurel", "linden", "lotus", "maple", "marble", "meadow", "meteor", "mint",
	"moss", "nectar", "nova", "oak", "oasis", "olive", "onyx", "opal", "orchid", "otter", "pebble", "pepper", "pine",
	"plum", "poppy", "prairie", "quartz", "quill", "raven", "reed", "ridge", "river", "robin", "saffron", "sage",
	"sequoia", "shore", "sierra", "slate", "sparrow", "spruce", "summit", "tamarind", "tern", "thistle", "thyme",
	"timber", "tulip", "valley", "velvet", "violet", "walnut", "willow", "wren", "yarrow", "zephyr",
}

var mailHosts = []string{
	"@example.com", "@example.net", "@example.org", "@mail.example.com", "@post.example.net", "@inbox.example.org",
}

var genders = fields("gender",
	"Female", "Male", "Non-binary", "Fluid", "Other",
)

var languages = fields("language",
	"Amharic", "Arabic", "Basque", "Bengali", "Catalan", "Czech", "Danish", "Dutch", "English", "Estonian", "Finnish",
	"French", "German", "Greek", "Guaraní", "Hausa", "Hebrew", "Hindi", "Icelandic", "Igbo", "Irish", "Italian",
	"Japanese", "Khmer", "Korean", "Mandarin", "Maori", "Norwegian", "Persian", "Polish", "Portuguese", "Quechua",
	"Romanian", "Spanish", "Swahili", "Swedish", "Tamil", "Thai", "Turkish", "Ukrainian", "Vietnamese", "Welsh",
	"Yoruba", "Zulu",
)

var degrees = fields("academic_degree",
	"Bachelor", "Master", "PhD", "Associate", "Diploma",
)

var nationalities = fields("nationality",
	"Argentine", "Australian", "Austrian", "Bangladeshi", "Belgian", "Bolivian", "Brazilian", "Canadian", "Chilean",
	"Colombian", "Croatian", "Czech", "Danish", "Dutch", "Egyptian", "Estonian", "Ethiopian", "Finnish", "French",
	"German", "Ghanaian", "Greek", "Icelandic", "Indian", "Indonesian", "Irish", "Italian", "Jamaican", "Japanese",
	"Kenyan", "Korean", "Lebanese", "Malaysian", "Mexican", "Moroccan", "Nepalese", "Nigerian", "Norwegian", "Peruvian",
	"Polish", "Portuguese", "Senegalese", "Spanish", "Swedish", "Swiss", "Thai", "Turkish", "Ukrainian", "Uruguayan",
	"Vietnamese",
)

var occupations = fields("occupation",
	"Actuary", "Air Traffic Controller", "Archaeologist", "Architect", "Archivist", "Baker", "Beekeeper",
	"Bicycle Mechanic", "Boat Builder", "Bookbinder", "Botanist", "Bus Driver", "Carpenter", "Cartographer", "Chemist",
	"Choreographer", "Civil Engineer", "Composer", "Conservator", "Court Interpreter", "Data Engineer", "Dentist",
	"Economist", "Electrician", "Farmer", "Firefighter", "Florist", "Forester", "Gardener", "Geologist", "Glassblower",
	"Historian", "Illustrator", "Instrument Maker", "Journalist", "Judge", "Librarian", "Lighthouse Keeper",
	"Locksmith", "Marine Biologist", "Mason", "Meteorologist", "Midwife", "Music Teacher", "Nurse", "Optician",
	"Paramedic", "Park Ranger", "Pharmacist", "Photographer", "Pilot", "Plumber", "Potter", "Publisher", "Roofer",
	"Shepherd", "Social Worker", "Statistician", "Stonemason", "Surveyor", "Tailor", "Translator", "Veterinarian",
	"Watchmaker", "Welder", "Zoologist",
)

var heights = fields("height",
	"1.50", "1.51", "1.52", "1.53", "1.54", "1.55", "1.56", "1.57", "1.58", "1.59", "1.60", "1.61", "1.62", "1.63",
	"1.64", "1.65", "1.66", "1.67", "1.68", "1.69", "1.70", "1.71", "1.72", "1.73", "1.74", "1.75", "1.76", "1.77",
	"1.78", "1.79", "1.80", "1.81", "1.82", "1.83", "1.84", "1.85", "1.86", "1.87", "1.88", "1.89", "1.90", "1.91",
	"1.92", "1.93", "1.94", "1.95", "1.96", "1.97", "1.98", "1.99", "2.00",
)

var bloodTypes = fields("blood_type",
	"A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-",
)

var streets = fields("street_name",
	"Acacia Avenue", "Almond Lane", "Beacon Street", "Birchwood Drive", "Bridge Street", "Canal Road", "Castle Hill",
	"Cedar Court", "Chapel Walk", "Chestnut Grove", "Cliff Terrace", "Clover Way", "Copper Alley", "Cypress Row",
	"Dover Place", "Eastgate", "Elm Crescent", "Falcon Ridge", "Fern Hollow", "Foundry Lane", "Garden Close",
	"Granite Path", "Harbor View", "Hawthorn Street", "Hillside", "Ivy Lane", "Juniper Road", "Kiln Street",
	"Lakeside Drive", "Larch Avenue", "Laurel Plaza", "Linden Boulevard", "Long Meadow", "Maple Parkway",
	"Market Square", "Mill Race", "Mulberry Bend", "North Parade", "Oak Trail", "Old Quarry Road", "Orchard Street",
	"Park Row", "Pine Loop", "Poplar Mews", "Quay Street", "Ravine Road", "River Walk", "Rosemary Lane", "Saddle Pass",
	"Sandpiper Circle", "School Lane", "Spruce Street", "Station Road", "Sycamore Terrace", "Tanner Yard",
	"Temple Street", "Thistle Field", "Tower Hill", "Upper Green", "Valley Road", "Vine Street", "Water Lane",
	"Willow Bank", "Windmill Rise",
)

var cities = fields("city",
	"Albany", "Ames", "Asheville", "Astoria", "Athens", "Bangor", "Beloit", "Bend", "Biloxi", "Boise", "Bozeman",
	"Brattleboro", "Burlington", "Carson City", "Casper", "Cheyenne", "Concord", "Corvallis", "Dayton", "Decatur",
	"Dover", "Duluth", "Durango", "Elko", "Eugene", "Fargo", "Flagstaff", "Galena", "Greeley", "Hilo", "Ithaca",
	"Juneau", "Kalamazoo", "Laramie", "Lawrence", "Madison", "Marfa", "Missoula", "Moab", "Mobile", "Natchez",
	"Newport", "Northampton", "Olympia", "Oxford", "Paducah", "Pierre", "Portsmouth", "Pueblo", "Reno", "Roanoke",
	"Salem", "Santa Fe", "Savannah", "Sitka", "Taos", "Topeka", "Traverse City", "Tulsa", "Ukiah", "Walla Walla",
	"Waterville", "Winona", "Yakima",
)

var states = fields("state",
	"Alabama", "Alaska", "Arizona", "Colorado", "Delaware", "Georgia", "Hawaii", "Idaho", "Iowa", "Kansas", "Kentucky",
	"Maine", "Michigan", "Minnesota", "Mississippi", "Montana", "Nebraska", "Nevada", "New Hampshire", "New Mexico",
	"New York", "North Dakota", "Ohio", "Oregon", "Rhode Island", "South Dakota", "Texas", "Utah", "Vermont",
	"Virginia", "Washington", "Wisconsin", "Wyoming",
)

// provinces are the same regions as states: Airbyte has a column for each.
var provinces = fields("province",
	"Alabama", "Alaska", "Arizona", "Colorado", "Delaware", "Georgia", "Hawaii", "Idaho", "Iowa", "Kansas", "Kentucky",
	"Maine", "Michigan", "Minnesota", "Mississippi", "Montana", "Nebraska", "Nevada", "New Hampshire", "New Mexico",
	"New York", "North Dakota", "Ohio", "Oregon", "Rhode Island", "South Dakota", "Texas", "Utah", "Vermont",
	"Virginia", "Washington", "Wisconsin", "Wyoming",
)

var countryCodes = fields("country_code",
	"AR", "AT", "AU", "BD", "BE", "BO", "BR", "CA", "CH", "CL", "CO", "CZ", "DE", "DK", "EE", "EG", "ES", "ET", "FI",
	"FR", "GB", "GH", "GR", "HR", "ID", "IE", "IN", "IS", "IT", "JM", "JP", "KE", "KR", "LB", "MA", "MX", "MY", "NG",
	"NL", "NO", "NP", "PE", "PL", "PT", "SE", "SN", "TH", "TR", "UA", "US", "UY", "VN", "ZA",
)

// catalogue holds make and model of each product.
var catalogue = []string{
	`,"make":"Jeep","model":"Gladiator"`,
	`,"make":"GMC","model":"Sierra"`,
	`,"make":"Ford","model":"Taurus"`,
	`,"make":"Audi","model":"Quattro"`,
	`,"make":"Honda","model":"Prelude"`,
	`,"make":"Fiat","model":"124 Spider"`,
	`,"make":"Chevrolet","model":"Camaro"`,
	`,"make":"Honda","model":"Civic"`,
	`,"make":"Subaru","model":"Impreza"`,
	`,"make":"Ford","model":"Escort"`,
	`,"make":"Jeep","model":"Cherokee"`,
	`,"make":"BMW","model":"M3"`,
	`,"make":"Porsche","model":"911"`,
	`,"make":"Honda","model":"Insight"`,
	`,"make":"Lotus","model":"Elan"`,
	`,"make":"Subaru","model":"Forester"`,
	`,"make":"BMW","model":"2002"`,
	`,"make":"Kia","model":"Soul"`,
	`,"make":"Toyota","model":"Prius"`,
	`,"make":"Mercedes-Benz","model":"C-Class"`,
	`,"make":"Chevrolet","model":"Malibu"`,
	`,"make":"Kia","model":"Ceed"`,
	`,"make":"Mitsubishi","model":"Lancer"`,
	`,"make":"Volkswagen","model":"Golf"`,
	`,"make":"Opel","model":"Kadett"`,
	`,"make":"Fiat","model":"500"`,
	`,"make":"Suzuki","model":"Swift"`,
	`,"make":"Volvo","model":"850"`,
	`,"make":"Kia","model":"Rio"`,
	`,"make":"Mazda","model":"MX-5"`,
	`,"make":"BMW","model":"Z4"`,
	`,"make":"Volkswagen","model":"Käfer"`,
	`,"make":"Pontiac","model":"Firebird"`,
	`,"make":"Ford","model":"Focus"`,
	`,"make":"Volkswagen","model":"Passat"`,
	`,"make":"Buick","model":"Riviera"`,
	`,"make":"Volvo","model":"Amazon"`,
	`,"make":"Fiat","model":"Panda"`,
	`,"make":"Mercedes-Benz","model":"Unimog"`,
	`,"make":"Citroën","model":"C3"`,
	`,"make":"Saab","model":"99"`,
	`,"make":"Peugeot","model":"404"`,
	`,"make":"Renault","model":"Twingo"`,
	`,"make":"Hyundai","model":"Tucson"`,
	`,"make":"Nissan","model":"Leaf"`,
	`,"make":"Toyota","model":"Corolla"`,
	`,"make":"GMC","model":"Savana"`,
	`,"make":"Opel","model":"Corsa"`,
	`,"make":"Mini","model":"Cooper"`,
	`,"make":"Audi","model":"TT"`,
	`,"make":"Nissan","model":"Patrol"`,
	`,"make":"Opel","model":"Manta"`,
	`,"make":"Buick","model":"Regal"`,
	`,"make":"Mercedes-Benz","model":"190 E"`,
	`,"make":"Mazda","model":"RX-7"`,
	`,"make":"Porsche","model":"356"`,
	`,"make":"Chevrolet","model":"Tahoe"`,
	`,"make":"Dodge","model":"Caravan"`,
	`,"make":"Lancia","model":"Fulvia"`,
	`,"make":"Cadillac","model":"DeVille"`,
	`,"make":"Hyundai","model":"Accent"`,
	`,"make":"Mazda","model":"323"`,
	`,"make":"Saab","model":"9000"`,
	`,"make":"Peugeot","model":"504"`,
	`,"make":"Mitsubishi","model":"Pajero"`,
	`,"make":"Dodge","model":"Charger"`,
	`,"make":"Honda","model":"Accord"`,
	`,"make":"GMC","model":"Jimmy"`,
	`,"make":"Renault","model":"Clio"`,
	`,"make":"Citroën","model":"Berlingo"`,
	`,"make":"Pontiac","model":"Vibe"`,
	`,"make":"Dodge","model":"Dart"`,
	`,"make":"Porsche","model":"928"`,
	`,"make":"Audi","model":"A2"`,
	`,"make":"Nissan","model":"Skyline"`,
	`,"make":"Chevrolet","model":"Corvette"`,
	`,"make":"Lancia","model":"Delta"`,
	`,"make":"Chevrolet","model":"Impala"`,
	`,"make":"Buick","model":"Century"`,
	`,"make":"Škoda","model":"Octavia"`,
	`,"make":"Jaguar","model":"XK"`,
	`,"make":"Citroën","model":"DS 21"`,
	`,"make":"Ford","model":"Mustang"`,
	`,"make":"Jeep","model":"Wrangler"`,
	`,"make":"Dodge","model":"Neon"`,
	`,"make":"Audi","model":"A4"`,
	`,"make":"Saab","model":"900"`,
	`,"make":"Nissan","model":"Micra"`,
	`,"make":"Cadillac","model":"Eldorado"`,
	`,"make":"Mitsubishi","model":"Colt"`,
	`,"make":"Jaguar","model":"XJ6"`,
	`,"make":"Subaru","model":"Outback"`,
	`,"make":"Lotus","model":"Evora"`,
	`,"make":"Jaguar","model":"E-Type"`,
	`,"make":"Cadillac","model":"Seville"`,
	`,"make":"Citroën","model":"2CV"`,
	`,"make":"BMW","model":"318"`,
	`,"make":"Toyota","model":"Hilux"`,
	`,"make":"Fiat","model":"Uno"`,
	`,"make":"Suzuki","model":"Jimny"`,
}
