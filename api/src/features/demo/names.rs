//! Products with their prices, and clients.

use crate::features::catalogue::store::Provisioning;

/// A product: reference, name, description, prices per month, quarter, half-year and year in cents.
pub struct ProductLine {
    pub reference: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub provisioning: Provisioning,
    pub prices: [i64; 4],
    pub access_url: &'static str,
}

const AT_ONCE: Provisioning = Provisioning::AtOnce;

pub const PRODUCTS: [ProductLine; 8] = [
    product("ai-writer", "AI Writer", "Texts for shops, letters and posts", [2_900, 7_800, 15_000, 29_000], "writer"),
    product("ai-chat", "AI Chat", "Answers visitors of a web site", [1_900, 5_400, 10_200, 19_000], "chat"),
    product("ai-images", "AI Images", "Pictures for shops and posts", [2_400, 6_600, 12_900, 24_000], "images"),
    ProductLine {
        provisioning: Provisioning::ByHand,
        ..product(
            "ai-business-tool",
            "AI Business Tool",
            "Offers, contracts and reports",
            [4_900, 13_900, 26_400, 49_000],
            "business",
        )
    },
    product("booking-page", "Booking Page", "Appointments on the web", [900, 2_500, 4_900, 9_000], "booking"),
    product("invoice-desk", "Invoice Desk", "Invoices and reminders", [1_200, 3_300, 6_500, 12_000], "invoices"),
    product("site-analytics", "Site Analytics", "Visits of a web site", [1_400, 3_900, 7_500, 14_000], "analytics"),
    product("social-planner", "Social Planner", "Posts planned and published", [1_500, 4_200, 8_000, 15_000], "social"),
];

const fn product(
    reference: &'static str,
    name: &'static str,
    description: &'static str,
    prices: [i64; 4],
    access_url: &'static str,
) -> ProductLine {
    ProductLine { reference, name, description, provisioning: AT_ONCE, prices, access_url }
}

/// Name and address of each client.
pub const CLIENTS: [(&str, &str); 40] = [
    ("Priya Nair", "priya@nair-hr.example"),
    ("Kestrel Cycles", "shop@kestrelcycles.example"),
    ("Marlow & Finch LLP", "it@marlowfinch.example"),
    ("Ana Ferreira", "ana@ferreira-studio.example"),
    ("Isla Physio", "front@islaphysio.example"),
    ("Tomasz Zieliński", "tomasz@zielinski-foto.example"),
    ("Sunrise Yoga", "team@sunriseyoga.example"),
    ("Nordlicht Architekten", "post@nordlicht-architekten.example"),
    ("Café Lindenhof", "hallo@cafe-lindenhof.example"),
    ("Alpenblick Hotel", "rezeption@alpenblick-hotel.example"),
    ("Fjord Outdoor", "support@fjordoutdoor.example"),
    ("Greta Holm", "greta@holm-texte.example"),
    ("Blackwood Dental", "office@blackwooddental.example"),
    ("Petit Marché", "bonjour@petitmarche.example"),
    ("Solvej Keramik", "solvej@solvejkeramik.example"),
    ("Elena Rossi", "elena@rossi-ceramica.example"),
    ("Jonas Weber", "jonas@weber-coaching.example"),
    ("Lumen Optik", "service@lumenoptik.example"),
    ("Quill & Co", "hello@quillandco.example"),
    ("Tide Marketing", "ops@tidemarketing.example"),
    ("Zentrum Musikschule", "sekretariat@zentrum-musik.example"),
    ("Hartmann Immobilien", "kontakt@hartmann-immobilien.example"),
    ("Clara Moreau", "clara@moreau-conseil.example"),
    ("Novák Catering", "objednavky@novak-catering.example"),
    ("Oakhurst Vets", "reception@oakhurstvets.example"),
    ("Verde Landscaping", "office@verdelandscaping.example"),
    ("Vintage Vinyl", "counter@vintagevinyl.example"),
    ("Bright Minds Tutoring", "hello@brightminds.example"),
    ("Okafor Logistics", "dispatch@okafor-logistics.example"),
    ("Brightwater Spa", "desk@brightwaterspa.example"),
    ("Casa Olivia", "hola@casaolivia.example"),
    ("Delft Instruments", "info@delft-instruments.example"),
    ("Ember & Oak", "table@emberandoak.example"),
    ("Fairview Clinic", "front@fairviewclinic.example"),
    ("Grand Quai Hôtel", "reception@grandquai.example"),
    ("Iris Blumen", "laden@irisblumen.example"),
    ("Juniper Travel", "trips@junipertravel.example"),
    ("Kaya Architecture", "studio@kaya-architecture.example"),
    ("Linden Apotheke", "team@linden-apotheke.example"),
    ("Mistral Sailing", "crew@mistralsailing.example"),
];
