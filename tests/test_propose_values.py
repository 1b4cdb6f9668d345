"""Values by patterns: what is found in which language, what is not, and how much of a recall story is found."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.propose.value_patterns import patterns_of
from allegata.propose.values import find_values

# Language | text | the values in it as LABEL=words, in order; nothing else of the text is a value.
TABLE = """
en | It costs £39. | MONEY=£39
en | It costs 39 pounds a unit. | MONEY=39 pounds
en | They paid $1.2 million in damages. | MONEY=$1.2 million
en | They paid US$3bn. | MONEY=US$3bn
en | The fine was USD 5m, he said. | MONEY=USD 5m
en | The fine was 5m USD. | MONEY=5m USD
en | A fine of €310 million followed. | MONEY=€310 million
en | It was $1,000 per person. | MONEY=$1,000
en | It cost fifty dollars. | MONEY=fifty dollars
en | Refunds of £2.50 to £4 were paid. | MONEY=£2.50; MONEY=£4
en | Shares fell by 20 cents. | MONEY=20 cents
en | It raised $10-12 million. | MONEY=$10-12 million
en | A deal of CHF 1,200.50 was signed. | MONEY=CHF 1,200.50
en | Losses reached ¥500 billion. | MONEY=¥500 billion
en | He bought 12 pounds of flour. | QUANTITY=12 pounds
en | The parcel weighs 39 pounds. | QUANTITY=39 pounds
en | Sales fell 12.5%. | PERCENT=12.5%
en | Sales fell 12.5 percent. | PERCENT=12.5 percent
en | Sales fell by twelve per cent. | PERCENT=twelve per cent
en | Rates rose two percentage points. | PERCENT=two percentage points
en | Some 10–12% of users agreed. | PERCENT=10–12%
en | It happened on May 3, 2024. | DATE=May 3, 2024
en | It happened on 3 May 2024. | DATE=3 May 2024
en | It happened on Sept. 18, 2024. | DATE=Sept. 18, 2024
en | It happened on the 18th of May. | DATE=18th of May
en | It happened on Sept. 18. | DATE=Sept. 18
en | On Monday, May 3, it began. | DATE=Monday, May 3
en | It began in August 2024. | DATE=August 2024
en | It began last August. | DATE=last August
en | It began in September. | DATE=September
en | The file is dated 2024-09-18. | DATE=2024-09-18
en | It was 9/18/2024 then. | DATE=9/18/2024
en | It began in 2023. | DATE=2023
en | The 2023 lawsuit ended. | DATE=2023
en | Between 2019–2020 it grew. | DATE=2019–2020
en | It was the 1990s. | DATE=1990s
en | They met on Tuesday. | DATE=Tuesday
en | They met yesterday. | DATE=yesterday
en | They met last week and next month. | DATE=last week; DATE=next month
en | It took nine days. | DATE=nine days
en | It took 3 weeks. | DATE=3 weeks
en | The 35-year-old was hurt. | DATE=35-year-old
en | A two-year ban followed. | DATE=two-year
en | They met at 10:30 a.m. on Friday. | TIME=10:30 a.m.; DATE=Friday
en | They met at 5 p.m. | TIME=5 p.m.
en | They met at 17:45 GMT. | TIME=17:45 GMT
en | It took several hours and a few weeks. | TIME=several hours; DATE=a few weeks
en | They sold it to third parties. |
en | It took 36 hours. | TIME=36 hours
en | It ended at midnight. | TIME=midnight
en | The firm recalled 12,000 units. | QUANTITY=12,000 units
en | It weighs 40 kg. | QUANTITY=40 kg
en | It lies 5 km away. | QUANTITY=5 km
en | It lies 5km away. | QUANTITY=5km
en | A 40-mile road leads there. | QUANTITY=40-mile
en | It reached 38.5 °C. | QUANTITY=38.5 °C
en | It drives at 60 mph. | QUANTITY=60 mph
en | They won the first and the 3rd prize. | ORDINAL=first; ORDINAL=3rd
en | The 21st attempt failed. | ORDINAL=21st
en | Some 1,200 people came. | CARDINAL=1,200
en | Two hundred and five people came. | CARDINAL=Two hundred and five
en | Some 2000 people came. | CARDINAL=2000
en | One billion users agreed. | CARDINAL=One billion
en | Of 30 million users, twenty-one left. | CARDINAL=30 million; CARDINAL=twenty-one
en | Three burns and 12 complaints were reported. | CARDINAL=Three; CARDINAL=12
en | Call 0800 555 0199 now. |
en | Call (212) 555-0123 or 1-800-555-0199. |
en | Ring +44 20 7946 0958. |
en | Call 13 11 14 for help. |
en | Dial 555-0199. |
en | Batch 4512 was recalled. |
en | Lot number 88231-A is affected. |
en | COVID-19 spread on the A380. |
en | The docket is 3:24-cv-12345. |
en | See https://example.org/2024/05/03 and a4@example.org. |
en | Use version 3.2.1 of it. |
en | He may come and they march on. |
en | No one of them was there. |
en | The sun sat low in June's garden. | DATE=June
en | It won 3-1. |
en | The address is 192.168.10.4 there. |
en | Section 230 protects them. |
en | A 3D film about MP3 and 5G. |
en | An ISBN is 978-3-16-148410-0. |
en | As in § 823 of the code. |
de | Es kostet 1.200 €. | MONEY=1.200 €
de | Es kostet 30 Mio. Euro. | MONEY=30 Mio. Euro
de | Es kostet 39,90 Euro. | MONEY=39,90 Euro
de | Zwei Millionen US-Dollar fehlen. | MONEY=Zwei Millionen US-Dollar
de | Die Strafe beträgt EUR 500. | MONEY=EUR 500
de | Ein Rabatt von 12,5 Prozent gilt. | PERCENT=12,5 Prozent
de | Ein Rabatt von 12 % gilt. | PERCENT=12 %
de | Am 3. Mai 2024 begann es. | DATE=3. Mai 2024
de | Am 03.05.2024 begann es. | DATE=03.05.2024
de | Seit August 2024 gilt es. | DATE=August 2024
de | Am Montag, 3. Juni, begann es. | DATE=Montag, 3. Juni
de | Am Dienstag begann es. | DATE=Dienstag
de | Es begann gestern. | DATE=gestern
de | Es begann im Jahr 2019. | DATE=2019
de | Es dauerte zwei Wochen. | DATE=zwei Wochen
de | Nach 14 Tagen endete es. | DATE=14 Tagen
de | Um 14.30 Uhr begann es. | TIME=14.30 Uhr
de | Um 14 Uhr begann es. | TIME=14 Uhr
de | Es dauerte drei Stunden. | TIME=drei Stunden
de | Es wiegt 40 Kilogramm. | QUANTITY=40 Kilogramm
de | Der Rückruf betrifft 12.000 Stück. | QUANTITY=12.000 Stück
de | Er ist 5 km lang. | QUANTITY=5 km
de | Der dritte Fall ist neu. | ORDINAL=dritte
de | Es kamen 1.200 Menschen. | CARDINAL=1.200
de | Es kamen einundzwanzig Menschen. | CARDINAL=einundzwanzig
de | Rufen Sie an: 0800 5550199. |
de | Telefon +49 (0)30 123456. |
de | Charge 4512 ist betroffen. |
de | Eine Frau und ein Mann kamen. |
de | Geben Sie acht darauf. |
de | Das Aktenzeichen ist 4 O 123/24. | CARDINAL=4
fr | Il coûte 1 200 €. | MONEY=1 200 €
fr | Il coûte 30 millions d’euros. | MONEY=30 millions d’euros
fr | Il coûte cinquante dollars. | MONEY=cinquante dollars
fr | Une remise de 12,5 % est offerte. | PERCENT=12,5 %
fr | Une remise de dix pour cent est offerte. | PERCENT=dix pour cent
fr | Il commence le 3 mai 2024. | DATE=3 mai 2024
fr | Il commence le 1er juin. | DATE=1er juin
fr | Il commence lundi dernier. | DATE=lundi dernier
fr | Il commence en août 2024. | DATE=août 2024
fr | Il est né en 1987. | DATE=1987
fr | Il est venu hier. | DATE=hier
fr | Il reste deux semaines. | DATE=deux semaines
fr | Il commence à 14h30. | TIME=14h30
fr | Il pèse 40 kg. | QUANTITY=40 kg
fr | Quelque 12 000 unités sont rappelées. | QUANTITY=12 000 unités
fr | C’est le deuxième cas. | ORDINAL=deuxième
fr | Quelque 1 200 personnes sont venues. | CARDINAL=1 200
fr | Vingt et un clients sont venus. | CARDINAL=Vingt et un
fr | Appelez le 06 12 34 56 78. |
fr | Une femme et un homme sont venus. |
fr | Le produit est neuf. |
fr | La planète Mars est loin. |
es | Cuesta 1.200 €. | MONEY=1.200 €
es | Cuesta 30 millones de euros. | MONEY=30 millones de euros
es | Bajó el 12,5 por ciento. | PERCENT=12,5 por ciento
es | Bajó un 12 %. | PERCENT=12 %
es | Empezó el 3 de mayo de 2024. | DATE=3 de mayo de 2024
es | Empezó en agosto de 2024. | DATE=agosto de 2024
es | Empezó el lunes pasado. | DATE=lunes pasado
es | Empezó ayer. | DATE=ayer
es | Duró dos semanas. | DATE=dos semanas
es | Empezó a las 14:30. | TIME=14:30
es | Pesa 40 kg. | QUANTITY=40 kg
es | Es el tercer caso. | ORDINAL=tercer
es | Vinieron 1.200 personas. | CARDINAL=1.200
es | Vinieron tres mil personas. | CARDINAL=tres mil
es | Llame al 912 345 678. |
es | Vino una mujer. |
it | Costa 1.200 euro. | MONEY=1.200 euro
it | Costa 30 milioni di euro. | MONEY=30 milioni di euro
it | È calato del 12,5%. | PERCENT=12,5%
it | È iniziato il 3 maggio 2024. | DATE=3 maggio 2024
it | È iniziato lunedì scorso. | DATE=lunedì scorso
it | È iniziato ieri. | DATE=ieri
it | È durato due settimane. | DATE=due settimane
it | Pesa 40 kg. | QUANTITY=40 kg
it | È il terzo caso. | ORDINAL=terzo
it | Sono venute 1.200 persone. | CARDINAL=1.200
it | Tu sei qui. |
nl | Het kost 30 miljoen euro. | MONEY=30 miljoen euro
nl | Het kost € 39,90. | MONEY=€ 39,90
nl | Het daalde 12,5 procent. | PERCENT=12,5 procent
nl | Het begon op 3 mei 2024. | DATE=3 mei 2024
nl | Het begon afgelopen maandag. | DATE=afgelopen maandag
nl | Het begon gisteren. | DATE=gisteren
nl | Het duurde twee weken. | DATE=twee weken
nl | Er kwamen 1.200 mensen. | CARDINAL=1.200
nl | Er kwam een man. |
pt | Custa 30 milhões de euros. | MONEY=30 milhões de euros
pt | Custa R$ 1.200. | MONEY=R$ 1.200
pt | Caiu 12,5%. | PERCENT=12,5%
pt | Começou em 3 de maio de 2024. | DATE=3 de maio de 2024
pt | Começou ontem. | DATE=ontem
pt | Durou duas semanas. | DATE=duas semanas
pt | Vieram 1.200 pessoas. | CARDINAL=1.200
ru | Это стоит 30 млн рублей. | MONEY=30 млн рублей
ru | Это стоит 100 долларов США. | MONEY=100 долларов США
ru | Это началось 3 мая 2024 года. | DATE=3 мая 2024
ru | Это началось вчера. | DATE=вчера
ru | Это весит 40 кг. | QUANTITY=40 кг
ja | 2024年9月18日に始まった。 | DATE=2024年9月18日
ja | 30億円を払った。 | MONEY=30億円
ja | 5%下がった。 | PERCENT=5%
sv | Det kostar 30 miljoner euro. | MONEY=30 miljoner euro
sv | Det började den 3 maj 2024. | DATE=3 maj 2024
xx | 2024-09-18: $5, 5%, 12 000. | DATE=2024-09-18; MONEY=$5; PERCENT=5%; CARDINAL=12 000
xx | +49 30 1234567 |
"""
CASES = [tuple(part.strip() for part in line.split(" |")) for line in TABLE.strip().splitlines()]
RECALL = """Brightkettle recalls 12,000 kettles after burns
Brightkettle Ltd said on Tuesday, 4 June 2024, that it was recalling 12,000 units of its K2 kettle, sold for £39 each \
between March 2023 and May 2024.
The handle can break when the kettle holds more than 1.5 litres, the company said. Three customers were burned and \
21 complaints were received, about 0.2% of sales. The recall will cost $1.2 million.
Customers can call 0800 555 0199 from 8 a.m. to 6 p.m. or write to help@brightkettle.example by 30 June. Batch 4512 is \
the first to be replaced, within two weeks.
"""
RECALL_VALUES = (
    "CARDINAL=12,000; DATE=Tuesday, 4 June 2024; QUANTITY=12,000 units; MONEY=£39; DATE=March 2023; DATE=May 2024; "
    "QUANTITY=1.5 litres; CARDINAL=Three; CARDINAL=21; PERCENT=0.2%; MONEY=$1.2 million; TIME=8 a.m.; TIME=6 p.m.; "
    "DATE=30 June; ORDINAL=first; DATE=two weeks"
)


def values(text: str, language: str) -> str:
    found = find_values(text, patterns_of(language))
    return "; ".join(f"{span.label}={span.hull.quote(text)}" for span in found if span.label != "PHONE")


def test_the_table_is_large_and_speaks_many_languages() -> None:
    assert len(CASES) >= 190
    assert len({language for language, *_ in CASES}) >= 11
    assert sum(not expected for *_, expected in CASES) >= 30  # texts without any value


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_a_text_has_these_values_and_no_others(language: str, text: str, expected: str) -> None:
    assert values(text, language) == expected


def test_a_recall_story_has_all_its_values() -> None:
    assert values(RECALL, "en") == RECALL_VALUES


def test_a_telephone_number_is_found_as_one() -> None:
    found = find_values(RECALL, patterns_of("en"))
    assert [span.hull.quote(RECALL) for span in found if span.label == "PHONE"] == ["0800 555 0199"]


def test_a_number_may_have_any_number_of_digits() -> None:
    digits = "9" * 5000
    assert values(f"{digits} kg", "en") == f"QUANTITY={digits} kg"
    for text in (f"{digits}-{digits} kg", f"{digits}–1 kg", f"1–{digits} kg"):
        assert all(span.hull.end <= len(text) for span in find_values(text, patterns_of("en")))


def test_offsets_are_code_points() -> None:
    text = "𝒜 😀 costs £39."
    assert [span.hull.quote(text) for span in find_values(text, patterns_of("en"))] == ["£39"]


@given(st.text(alphabet="12 09.,-:/£$%ae\n年+()mMaykg'", max_size=60), st.sampled_from(("en", "de", "fr", "ja", "xx")))
def test_values_of_any_text_lie_in_it_and_apart(text: str, language: str) -> None:
    found = [span.hull for span in find_values(text, patterns_of(language))]
    assert all(0 <= span.start < span.end <= len(text) and "\n" not in span.quote(text) for span in found)
    assert not any(a.overlaps(b) for a, b in pairwise(found))
