"""Values of every kind in the forms that people, systems and scanners write them in."""

import random
import string
import unicodedata
import uuid
from collections.abc import Callable

from cogep_assist.core.brazil.cnpj import normalize_cnpj
from cogep_assist.core.pii import check_digits
from register_alikes import LOOK_ALIKES
from register_words import words


class Values:
    """Draws values; within one text the same person may come again."""

    def __init__(self, census: list[tuple[str, int]], rng: random.Random) -> None:
        self._rng = rng
        common = [name for name, count in census if count > 30_000]
        self._common = common
        self._rare = [name for name, count in census if count < 400]
        self._kinds: dict[str, Callable[[], tuple[str, str]]] = {
            name.removeprefix("_kind_").upper(): getattr(self, name)
            for name in dir(self)
            if name.startswith("_kind_")
        }

    def begin_text(self) -> None:
        """Forget the person of the text before."""
        self._last = ""

    def value(self, kind: str) -> tuple[str, str]:
        """Return a value of a kind and the form that it is written in."""
        return self._kinds[kind]()

    def alike(self, form: str) -> tuple[str, str]:
        """Return what looks like personal data and is nobody's."""
        return str(LOOK_ALIKES[form](self._rng)), form

    def _digits(self, count: int) -> str:
        return "".join(self._rng.choices(string.digits, k=count))

    def _checked(self, count: int, check: Callable[[str], bool], first: str = string.digits) -> str:
        while True:
            base = self._rng.choice(first) + self._digits(count - 3)
            for end in range(100):
                if check(f"{base}{end:02}"):
                    return f"{base}{end:02}"

    def _one_of(self, **forms: str) -> tuple[str, str]:
        form = self._rng.choice(list(forms))
        return forms[form], form

    # Persons

    def _given(self) -> tuple[str, str]:
        kind = self._rng.random()
        if kind < 0.35:
            return _titled(self._rng.choice(self._common)), "common"
        if kind < 0.55:
            return _titled(self._rng.choice(self._rare)), "rare"
        if kind < 0.8:
            return self._rng.choice(words("given")), "odd"
        return self._rng.choice(words("compound")), "compound"

    def _full(self) -> tuple[str, str]:
        given, form = self._given()
        family = self._rng.sample(words("family"), self._rng.choice((1, 1, 2, 2, 3)))
        if self._rng.random() < 0.25:
            family.insert(-1, self._rng.choice(("da", "de", "dos", "e")))
        joined = " ".join(family)
        return f"{given} {joined}{' Filho' if self._rng.random() < 0.04 else ''}", form

    def _kind_person(self) -> tuple[str, str]:
        full, form = self._full()
        self._last = full
        words = full.split()
        kind = self._rng.random()
        if kind < 0.4:
            return full, form
        if kind < 0.55:
            return full.lower(), "small"
        if kind < 0.68:
            return full.upper(), "CAPITALS"
        if kind < 0.76:
            return _bare(full), "no accents"
        if kind < 0.84:
            return f"{words[0][0]}. {words[-1]}", "initial"
        if kind < 0.92:
            return f"{words[0]} {words[-1][0]}.", "family initial"
        return f"{words[-1]}, {' '.join(words[:-1])}", "inverted"

    def _kind_full(self) -> tuple[str, str]:
        full, form = self._full()
        return full, f"whole, {form}"

    def _kind_given(self) -> tuple[str, str]:
        given, form = self._given()
        kind = self._rng.random()
        if kind < 0.25:
            return self._rng.choice(words("nick")), "nick"
        return (given.lower(), "given, small") if kind < 0.5 else (given, f"given, {form}")

    # Numbers of persons

    def _kind_cpf(self) -> tuple[str, str]:
        d = self._checked(11, check_digits.cpf_checks)
        wrong = d[:-1] + str((int(d[-1]) + 3) % 10)
        return self._one_of(
            drawn=_cpf(d),
            bare=d,
            spaces=f"{d[:3]} {d[3:6]} {d[6:9]} {d[9:]}",
            no_dash=f"{d[:3]}.{d[3:6]}.{d[6:9]}.{d[9:]}",
            broken=f"{d[:3]}.{d[3:6]}.\n{d[6:9]}-{d[9:]}",
            slash=f"{d[:9]}/{d[9:]}",
            dash=f"{d[:9]}-{d[9:]}",
            wrong=_cpf(wrong),
            words=" ".join(words("digit")[int(c)] for c in d),
            ocr=_cpf(d).replace("0", "O").replace("1", "l"),
            blanks=f"{d[:3]} . {d[3:6]} . {d[6:9]} - {d[9:]}",
            masked=f"***.{d[3:6]}.{d[6:9]}-**",
            quoted=f'"{d}"',
            spelled="-".join(d),
            commas=f"{d[:3]},{d[3:6]},{d[6:9]}-{d[9:]}",
        )

    def _kind_cnpj(self) -> tuple[str, str]:
        d = self._checked(14, check_digits.cnpj_checks)
        while True:
            base = "".join(self._rng.choices(string.digits + string.ascii_uppercase, k=8)) + "0001"
            a = next((v for n in range(100) if (v := normalize_cnpj(f"{base}{n:02}"))), None)
            if a and not a.isdigit():
                break
        return self._one_of(
            drawn=_cnpj(d),
            bare=d,
            spaces=f"{d[:2]} {d[2:5]} {d[5:8]} {d[8:12]} {d[12:]}",
            alnum=_cnpj(a),
            alnum_bare=a,
            alnum_small=_cnpj(a).lower(),
            broken=f"{d[:2]}.{d[2:5]}.{d[5:8]}/\n{d[8:12]}-{d[12:]}",
            half=f"{d[:8]}/{d[8:12]}-{d[12:]}",
            alnum_spaces=f"{a[:2]} {a[2:5]} {a[5:8]} {a[8:12]} {a[12:]}",
        )

    def _kind_rg(self) -> tuple[str, str]:
        d, s = self._digits(9), self._rng.choice(words("state"))
        return self._one_of(
            sp=f"{d[:2]}.{d[2:5]}.{d[5:8]}-{self._rng.choice('0123456789X')}",
            issued=f"{d[:7]} SSP/{s}",
            mg=f"MG-{d[:2]}.{d[2:5]}.{d[5:8]}",
            bare=d,
            detran=f"{d[:2]}.{d[2:5]}.{d[5:8]}-{d[8]} DETRAN/RJ",
            pc=f"{d[:7]}-PC/PA",
            short=d[:6],
            ten=f"{self._digits(10)} SJS/RS",
        )

    def _kind_nis(self) -> tuple[str, str]:
        d = self._checked(11, check_digits.nis_checks, "12")
        return self._one_of(
            drawn=f"{d[:3]}.{d[3:8]}.{d[8:10]}-{d[10]}",
            bare=d,
            spaces=f"{d[:3]} {d[3:8]} {d[8:10]} {d[10]}",
            dash=f"{d[:10]}-{d[10]}",
        )

    def _kind_voter_id(self) -> tuple[str, str]:
        d = self._checked(12, check_digits.voter_id_checks)
        return self._one_of(
            spaces=f"{d[:4]} {d[4:8]} {d[8:]}", bare=d, dots=f"{d[:4]}.{d[4:8]}.{d[8:]}"
        )

    def _kind_driving_licence(self) -> tuple[str, str]:
        return self._one_of(bare=self._checked(11, check_digits.driving_licence_checks))

    def _kind_health_card(self) -> tuple[str, str]:
        d = self._checked(15, check_digits.health_card_checks, "789")
        return self._one_of(
            spaces=f"{d[:3]} {d[3:7]} {d[7:11]} {d[11:]}",
            bare=d,
            dots=f"{d[:3]}.{d[3:7]}.{d[7:11]}.{d[11:]}",
        )

    def _kind_passport(self) -> tuple[str, str]:
        d, a = self._digits(6), "".join(self._rng.choices(string.ascii_uppercase, k=2))
        return self._one_of(bare=a + d, space=f"{a} {d}", small=a.lower() + d)

    def _kind_siape(self) -> tuple[str, str]:
        return self._one_of(bare=self._digits(7))

    def _kind_birth_date(self) -> tuple[str, str]:
        d, m, y = (
            self._rng.randrange(1, 29),
            self._rng.randrange(1, 13),
            self._rng.randrange(1940, 2020),
        )
        return self._one_of(
            slashes=f"{d:02}/{m:02}/{y}",
            short=f"{d}/{m}/{y % 100:02}",
            dots=f"{d:02}.{m:02}.{y}",
            words=f"{d} de {words('month')[m - 1]} de {y}",
            iso=f"{y}-{m:02}-{d:02}",
            bare=f"{d:02}{m:02}{y}",
        )

    def _kind_phone(self) -> tuple[str, str]:
        a, d = self._rng.choice(words("area")), "9" + self._rng.choice("6789") + self._digits(7)
        f = self._rng.choice("23") + self._digits(7)
        return self._one_of(
            drawn=f"({a}) {d[:5]}-{d[5:]}",
            bare=a + d,
            intl=f"+55 {a} {d[:5]}-{d[5:]}",
            intl_bare=f"55{a}{d}",
            plus_bare=f"+55{a}{d}",
            fixed=f"({a}) {f[:4]}-{f[4:]}",
            fixed_bare=a + f,
            local=f"{d[:5]}-{d[5:]}",
            fixed_local=f"{f[:4]}-{f[4:]}",
            trunk=f"0{a} {d[:5]}-{d[5:]}",
            spaces=f"{a} {d[:1]} {d[1:5]} {d[5:]}",
            dots=f"{a}.{d[:5]}.{d[5:]}",
            carrier=f"0xx{a} {f[:4]}-{f[4:]}",
            slash=f"{a}/{d[:5]}-{d[5:]}",
            nine=d,
            intl_brackets=f"+55 ({a}) {d[:5]}-{d[5:]}",
            zeros=f"0055 {a} {d[:5]} {d[5:]}",
        )

    def _kind_email(self) -> tuple[str, str]:
        name = _bare(self._full()[0].lower()).replace("'", "").split()
        local = self._rng.choice(
            (
                f"{name[0]}.{name[-1]}",
                f"{name[0]}{self._digits(2)}",
                f"{name[0][0]}{name[-1]}",
                f"{name[0]}_{name[-1]}",
            )
        )
        host = self._rng.choice(
            ("gmail.com", "uol.com.br", "saude.pa.gov.br", "empresa.ind.br", "hotmail.com")
        )
        return self._one_of(
            plain=f"{local}@{host}",
            capitals=f"{local}@{host}".upper(),
            brackets=f"<{local}@{host}>",
            arroba=f"{local} arroba {host}",
            spelled=f"{local} (arroba) {host.replace('.', ' ponto ')}",
            tag=f"{local}+chamados@{host}",
        )

    def _kind_cep(self) -> tuple[str, str]:
        d = self._rng.choice("0123467") + self._rng.choice("1234567") + self._digits(6)
        return self._one_of(
            drawn=f"{d[:5]}-{d[5:]}",
            bare=d,
            dots=f"{d[:2]}.{d[2:5]}-{d[5:]}",
            space=f"{d[:5]} {d[5:]}",
        )

    def _kind_address(self) -> tuple[str, str]:
        way, n = self._rng.choice(words("street with a number")), self._rng.randrange(1, 4000)
        return self._one_of(
            comma=f"{way}, {n}",
            unit=f"{way}, {n}, apto {n % 90}",
            number=f"{way}, nº {n}",
            none=f"{way}, s/n",
            space=f"{way} {n}",
            dash=f"{way} - {n}",
            brasilia=f"SQN {n % 400 + 100} Bloco {self._rng.choice('ABCD')} apto {n % 600}",
            lot=f"Quadra {n % 90} Lote {n % 30}",
        )

    def _kind_card(self) -> tuple[str, str]:
        d = self._checked(16, check_digits.card_checks, "45")
        return self._one_of(
            spaces=f"{d[:4]} {d[4:8]} {d[8:12]} {d[12:]}",
            bare=d,
            dashes=f"{d[:4]}-{d[4:8]}-{d[8:12]}-{d[12:]}",
            dots=f"{d[:4]}.{d[4:8]}.{d[8:12]}.{d[12:]}",
            masked=f"{d[:4]} **** **** {d[12:]}",
        )

    def _kind_bank_agency(self) -> tuple[str, str]:
        d = self._digits(5)
        return self._one_of(bare=d[:4], digit=f"{d[:4]}-{d[4]}")

    def _kind_bank_account(self) -> tuple[str, str]:
        d = self._digits(9)
        return self._one_of(
            digit=f"{d[:6]}-{d[6]}",
            dots=f"{d[:2]}.{d[2:5]}-{d[5]}",
            bare=d,
            x=f"{d[:5]}-X",
            long=f"{d[:8]}-{d[8]}",
        )

    def _kind_pix_key(self) -> tuple[str, str]:
        value = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        return self._one_of(plain=value, capitals=value.upper(), bare=value.replace("-", ""))

    def _kind_licence_plate(self) -> tuple[str, str]:
        a, d = "".join(self._rng.choices(string.ascii_uppercase, k=4)), self._digits(4)
        return self._one_of(
            old=f"{a[:3]}-{d}",
            mercosul=f"{a[:3]}{d[0]}{a[3]}{d[1:3]}",
            bare=a[:3] + d,
            space=f"{a[:3]} {d}",
            small=f"{a[:3]}{d[0]}{a[3]}{d[1:3]}".lower(),
            mercosul_dash=f"{a[:3]}-{d[0]}{a[3]}{d[1:3]}",
        )

    def _kind_renavam(self) -> tuple[str, str]:
        d = self._checked(11, check_digits.renavam_checks)
        return self._one_of(bare=d, dash=f"{d[:10]}-{d[10]}")

    def _kind_ip_address(self) -> tuple[str, str]:
        r = self._rng
        first = r.choice((177, 179, 187, 189, 191, 200, 201))
        v4 = f"{first}.{r.randrange(255)}.{r.randrange(255)}.{r.randrange(1, 255)}"
        groups = ":".join(f"{r.randrange(1, 65535):x}" for _ in range(3))
        v6 = f"2804:{groups}::{r.randrange(65535):x}"
        return self._one_of(v4=v4, v6=v6)

    def _kind_device(self) -> tuple[str, str]:
        mac = ":".join(f"{self._rng.randrange(256):02X}" for _ in range(6))
        d = self._checked(15, check_digits.luhn_checks, "3")
        return self._one_of(
            mac=mac,
            mac_dashes=mac.replace(":", "-"),
            imei=d,
            imei_drawn=f"{d[:2]}-{d[2:8]}-{d[8:14]}-{d[14]}",
        )

    def _kind_location(self) -> tuple[str, str]:
        lat, lon = -self._rng.uniform(0.5, 33), -self._rng.uniform(35, 73)
        return self._one_of(
            decimal=f"{lat:.6f}, {lon:.6f}",
            tight=f"{lat:.5f},{lon:.5f}",
            degrees=f"1°27'{self._rng.randrange(60)}\"S 48°30'{self._rng.randrange(60)}\"W",
        )

    def _kind_professional_id(self) -> tuple[str, str]:
        d, s = self._digits(6), self._rng.choice(words("state"))
        return self._one_of(
            oab=f"OAB/{s} {d[:3]}.{d[3:]}",
            crm=f"CRM-{s} {d[:5]}",
            crm2=f"CRM {d[:5]}/{s}",
            coren=f"COREN-{s} {d}",
            oab2=f"OAB {s} nº {d[:5]}",
        )

    def _kind_payment_slip(self) -> tuple[str, str]:
        d = self._rng.choice(("001", "033", "104", "237", "341")) + "9" + self._digits(43)
        return self._one_of(
            drawn=f"{d[:5]}.{d[5:10]} {d[10:15]}.{d[15:21]} {d[21:26]}.{d[26:32]}"
            f" {d[32]} {d[33:47]}",
            bare=d,
        )


def _titled(name: str) -> str:
    return name[:1].upper() + name[1:].lower()


def _bare(text: str) -> str:
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def _cpf(d: str) -> str:
    return f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}"


def _cnpj(d: str) -> str:
    return f"{d[:2]}.{d[2:5]}.{d[5:8]}/{d[8:12]}-{d[12:]}"
