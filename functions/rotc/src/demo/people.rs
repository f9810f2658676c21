//! The invented people of the demo battalion, and what they earn merits for.

/// Staff: username, rank, first name, last name, role, gender.
pub(super) const STAFF: [[&str; 6]; 3] = [
    ["commandant", "Maj", "Amihan", "Villarosa", "Commandant", "Female"],
    ["instructor1", "Cpt", "Rodel", "Macaraeg", "Instructor", "Male"],
    ["instructor2", "TSg", "Ligaya", "Buenaflor", "Instructor", "Female"],
];

/// Cadets: first name, middle initial, last name, gender. The first is the demo account.
pub(super) const CADETS: [[&str; 4]; 36] = [
    ["Mayumi", "R.", "Salonga", "Female"],
    ["Andres", "T.", "Quiambao", "Male"],
    ["Bituin", "S.", "Arciaga", "Female"],
    ["Crisanto", "M.", "Dimaculangan", "Male"],
    ["Dalisay", "P.", "Evangelio", "Female"],
    ["Efren", "C.", "Gatmaitan", "Male"],
    ["Florencia", "D.", "Hinahon", "Female"],
    ["Gabino", "L.", "Ilustrisimo", "Male"],
    ["Hiraya", "B.", "Jacosalem", "Female"],
    ["Isagani", "A.", "Katigbak", "Male"],
    ["Jovelyn", "N.", "Lumibao", "Female"],
    ["Kiko", "V.", "Manalastas", "Male"],
    ["Luningning", "E.", "Nepomuceno", "Female"],
    ["Makisig", "O.", "Ordoñez", "Male"],
    ["Nenita", "G.", "Panganiban", "Female"],
    ["Orlando", "F.", "Quizon", "Male"],
    ["Perlita", "H.", "Resurreccion", "Female"],
    ["Ramil", "J.", "Sumulong", "Male"],
    ["Sampaguita", "K.", "Tolentino", "Female"],
    ["Tagumpay", "R.", "Umali", "Male"],
    ["Urduja", "T.", "Viray", "Female"],
    ["Virgilio", "S.", "Yabut", "Male"],
    ["Wilma", "M.", "Zabala", "Female"],
    ["Alon", "P.", "Abueva", "Male"],
    ["Blesilda", "C.", "Batungbakal", "Female"],
    ["Carding", "D.", "Cabrera", "Male"],
    ["Divina", "L.", "De la Rama", "Female"],
    ["Elmer", "B.", "Estrellado", "Male"],
    ["Fe", "A.", "Fuentebella", "Female"],
    ["Gil", "N.", "Guinto", "Male"],
    ["Hannah", "V.", "Hizon", "Female"],
    ["Ibarra", "E.", "Inocencio", "Male"],
    ["Jasmin", "O.", "Javellana", "Female"],
    ["Kaloy", "G.", "Kasilag", "Male"],
    ["Lakambini", "F.", "Laurel-Tan", "Female"],
    ["Magiting", "H.", "Magbanua", "Male"],
];

/// Courses, handed out in turn.
pub(super) const COURSES: [&str; 5] = ["BSIT", "BSED", "BSCE", "BSN", "BSBA"];

/// What happened, kind, points.
pub(super) const REASONS: [(&str, &str, i32); 8] = [
    ("Led the formation without being asked", "merit", 5),
    ("Uniform incomplete", "demerit", 3),
    ("Helped at the blood donation drive", "merit", 8),
    ("Late for assembly", "demerit", 2),
    ("Best in marching drill", "merit", 6),
    ("Clean-up of the parade ground", "merit", 4),
    ("Talking in formation", "demerit", 2),
    ("First aid quiz: full score", "merit", 5),
];

/// Titles of the training days.
pub(super) const TRAINING_DAYS: [&str; 8] = [
    "Orientation and enlistment",
    "Marching and facing",
    "Map reading",
    "First aid",
    "Disaster response",
    "Rope work",
    "Citizenship lecture",
    "Field exercise",
];
