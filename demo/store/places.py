"""The countries the store delivers to, and the states of those that have them in an address."""

STATES = {
    "Australia": {
        "ACT": "Australian Capital Territory",
        "NSW": "New South Wales",
        "NT": "Northern Territory",
        "QLD": "Queensland",
        "SA": "South Australia",
        "TAS": "Tasmania",
        "VIC": "Victoria",
        "WA": "Western Australia",
    },
    "Brazil": {
        "BA": "Bahia",
        "CE": "Ceará",
        "DF": "Distrito Federal",
        "MG": "Minas Gerais",
        "PE": "Pernambuco",
        "PR": "Paraná",
        "RJ": "Rio de Janeiro",
        "RS": "Rio Grande do Sul",
        "SC": "Santa Catarina",
        "SP": "São Paulo",
    },
    "Canada": {
        "AB": "Alberta",
        "BC": "British Columbia",
        "MB": "Manitoba",
        "NB": "New Brunswick",
        "NL": "Newfoundland and Labrador",
        "NS": "Nova Scotia",
        "NT": "Northwest Territories",
        "NU": "Nunavut",
        "ON": "Ontario",
        "PE": "Prince Edward Island",
        "QC": "Quebec",
        "SK": "Saskatchewan",
        "YT": "Yukon",
    },
    "USA": {
        "AZ": "Arizona",
        "CA": "California",
        "CO": "Colorado",
        "FL": "Florida",
        "GA": "Georgia",
        "IL": "Illinois",
        "MA": "Massachusetts",
        "NV": "Nevada",
        "NY": "New York",
        "OH": "Ohio",
        "OR": "Oregon",
        "PA": "Pennsylvania",
        "TX": "Texas",
        "UT": "Utah",
        "WA": "Washington",
        "WI": "Wisconsin",
    },
}

WITHOUT_STATES = (
    "Argentina",
    "Austria",
    "Belgium",
    "Chile",
    "Czech Republic",
    "Denmark",
    "Finland",
    "France",
    "Germany",
    "Hungary",
    "India",
    "Ireland",
    "Italy",
    "Netherlands",
    "Norway",
    "Poland",
    "Portugal",
    "Spain",
    "Sweden",
    "United Kingdom",
)

COUNTRIES = tuple(sorted([*STATES, *WITHOUT_STATES]))


def states_of(country: str | None) -> list[tuple[str, str]] | None:
    """Return the states of a country to choose from, None where any text will do."""
    states = STATES.get(country or "")
    return None if states is None else [("", "---------"), *states.items()]
