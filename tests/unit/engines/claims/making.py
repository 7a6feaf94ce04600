"""Clean visits made from nothing but the rules, and ways to break them. No real person."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache

from tuyen.cli.claims import checker
from tuyen.engines.claims.reader import Visit, read
from tuyen.engines.claims.values import half_up
from tuyen.engines.claims.writer import write_check_in, write_visit

ON = date(2026, 10, 4)
ARRIVED, DONE = "202610040931", "202610040949"
PERSON = {
    "HO_TEN": "NÔNG THỊ B", "SO_CCCD": "020182037967", "NGAY_SINH": "198203130000",
    "GIOI_TINH": "2", "DIA_CHI": "Thôn 1", "MA_BN": "BN1",
}  # fmt: skip
CARD = "HN2206992237902"
FILLED = {
    "count": "1", "quantity": "1", "price": "1000", "money": "0", "percent": "100",
    "weight": "55.10", "weights": "3000", "date": "20261004", "moment": ARRIVED,
    "birth": PERSON["NGAY_SINH"], "day": "20261004", "dates": "20261103", "cards": CARD,
    "text": "ghi", "code": "A1",
}  # fmt: skip
FORMED = {
    "citizen": PERSON["SO_CCCD"], "facility": "20001", "facility-list": "20001",
    "insurance-number": "6992237902", "card": CARD, "digits-2": "08", "digits-3": "000",
    "digits-5": "05467", "province": "20", "telephone": "0912345678", "attendance": "1.2",
    "icd10": "I10", "icd10-list": "E11.9", "icd9-list": "99.2", "supply-package": "G1",
    "bed-list": "H001", "blood-group": "O+", "indicator": "1023075", "traditional-list": "U1",
    "route": "1.01", "drug-origin": "C.20001", "area": "K1", "form-ct07": "CT07",
    "departments": "K01", "drug": "40.800", "drug-list": "40.800",
    "service-list": "23.0075.1494", "code-list": "2", "practitioners": "0012345/LS-CCHN", "registration": "VD-1-18",
}  # fmt: skip


def filled(table, **given):
    """A row with every field that is always required, and what is given."""
    row = {}
    for field in checker().book(ON).fields[table].values():
        form = next(
            (r["form"] for r in checker()._material["fields"] if (r["table"], r["name"]) == (table, field.name)),
            None,
        )  # fmt: skip
        text = FORMED[form] if form else FILLED[field.kind]
        if field.codes is not None and text not in field.codes:
            text = min(field.codes)
        row[field.name] = text if field.required else ""
    named = {name: text for name, text in PERSON.items() if name in row}
    return {**row, **named, "MA_LK": "20001261004000001", **given}


def line(table, quantity, price, *, level=100, **given):
    """A drug or service line whose money is right."""
    amount = half_up(Decimal(quantity) * Decimal(price))
    fund = half_up(amount * level / 100)
    prices = {"DON_GIA": price} if table == "XML2" else {"DON_GIA_BV": price, "DON_GIA_BH": price}
    return filled(
        table, SO_LUONG=quantity, **prices, THANH_TIEN_BV=str(amount), THANH_TIEN_BH=str(amount),
        MUC_HUONG=str(level), T_BHTT=str(fund), T_BNCCT=str(amount - fund), T_BNTT="0",
        TYLE_TT_BH="100", NGAY_YL=ARRIVED, NGAY_TH_YL=DONE, PHAM_VI="1", **given,
    )  # fmt: skip


def summed(tables):
    """Fill the sums of table 1 from the lines."""
    lines = [*tables.get("XML2", ()), *tables.get("XML3", ())]

    def total(name, rows=lines):
        return str(sum((Decimal(row[name]) for row in rows), Decimal("0.00")))

    tables["XML1"][0] |= {
        "T_THUOC": total("THANH_TIEN_BV", tables.get("XML2", [])),
        "T_VTYT": total("THANH_TIEN_BV", [row for row in tables.get("XML3", []) if row["MA_VAT_TU"]]),
        "T_TONGCHI_BV": total("THANH_TIEN_BV"), "T_TONGCHI_BH": total("THANH_TIEN_BH"),
        "T_BNTT": total("T_BNTT"), "T_BNCCT": total("T_BNCCT"), "T_BHTT": total("T_BHTT"),
        "T_NGUONKHAC": total("T_NGUONKHAC"),
        "T_BHTT_GDV": total("T_BHTT", [row for row in lines if row["MA_PTTT"] == "1"]),
    }  # fmt: skip
    return tables


def station(level=100, **header):
    """A month's visit for hypertension and diabetes at a commune station."""
    head = filled(
        "XML1", MA_THE_BHYT=CARD, MA_DKBD="20001", GT_THE_TU="20260101", GT_THE_DEN="20261231",
        MA_BENH_CHINH="I10", MA_BENH_KT="E11.9", NGAY_VAO=ARRIVED, NGAY_RA=DONE, NGAY_TTOAN=DONE,
        SO_NGAY_DTRI="1", KET_QUA_DTRI="2", MA_LOAI_RV="1", NAM_QT="2026", THANG_QT="10",
        MA_LOAI_KCB="08", CAN_NANG="55.10", NGAY_TAI_KHAM="20261103", MA_CSKCB="20001",
        MA_DOITUONG_KCB="1.2", STT="1", **header,
    )  # fmt: skip
    drug = line(
        "XML2", "60", "525", level=level, MA_NHOM="4", TEN_THUOC="Gliclazid 30mg", DON_VI_TINH="Viên",
        LIEU_DUNG="1 viên/lần * 2 lần/ngày * 30 ngày [2 viên/ngày]", SO_DANG_KY="VD-1-18",
        TT_THAU="QĐ1;G1;N1;2026",
    )  # fmt: skip
    second = {
        **drug, **line("XML2", "30", "115.5", level=level), "STT": "2", "MA_THUOC": "40.491",
        "LIEU_DUNG": "1 viên/lần * 1 lần/ngày * 30 ngày [1 viên/ngày]", "TEN_THUOC": "Amlodipin",
        "SO_DANG_KY": "VD-2-18", "MA_NHOM": "4", "TT_THAU": drug["TT_THAU"], "DON_VI_TINH": "Viên",
    }  # fmt: skip
    exam = line(
        "XML3", "1", "36500", level=level, MA_NHOM="13", MA_DICH_VU="02.1897", MA_BENH="I10",
        TEN_DICH_VU="Khám bệnh", TYLE_TT_DV="100", NGAY_KQ=DONE,
    )  # fmt: skip
    test = {
        **exam, **line("XML3", "1", "22400", level=level, TYLE_TT_DV="100"), "STT": "2",
        "MA_NHOM": "1", "MA_DICH_VU": "23.0075.1494", "TEN_DICH_VU": "Glucose", "MA_BENH": "E11.9",
        "NGUOI_THUC_HIEN": "001/LS", "NGAY_KQ": DONE,
    }  # fmt: skip
    result = filled(
        "XML4", MA_DICH_VU="23.0075.1494", MA_CHI_SO="1023075", GIA_TRI="8.0", NGAY_KQ=DONE
    )
    note = filled("XML5", DIEN_BIEN_LS="M: 60; HA: 163/73; SP: 98", THOI_DIEM_DBLS=ARRIVED)
    slip = filled("XML14", NGAY_HEN_KL="202611030949", NGAY_CT="20261004", NGAY_RA=DONE)
    return summed(
        {
            "XML1": [head], "XML2": [drug, second], "XML3": [exam, test], "XML4": [result],
            "XML5": [note], "XML14": [slip],
        }
    )  # fmt: skip


def hospital():
    """A birth at a hospital of basic level, referred on, with every certificate."""
    tables = station(level=100)
    arrived, ended = "202610010800", "202610040949"
    head = tables["XML1"][0]
    head |= {
        "MA_LOAI_KCB": "03", "NGAY_VAO": arrived, "NGAY_VAO_NOI_TRU": arrived, "LY_DO_VNT": "Đẻ",
        "SO_NGAY_DTRI": "4", "MA_LOAI_RV": "2", "MA_NOI_DEN": "20002", "CAN_NANG_CON": "3000",
        "MA_BENH_CHINH": "O80", "MA_BENH_KT": "I10;E11.9", "MA_DOITUONG_KCB": "1.3",
        "GIAY_CHUYEN_TUYEN": "12", "MA_NOI_DI": "20003",
    }  # fmt: skip
    leave = {"TU_NGAY": "20261005", "DEN_NGAY": "20261014"}
    tables |= {
        "XML6": [filled("XML6", MA_TINH_TRANG_DK="2", MA_XU_TRI="2", LOAI_DTRI_LAO="0")],
        "XML7": [filled("XML7", NGAY_VAO=arrived, NGAY_RA=ended, NGAY_CT="20261004")],
        "XML8": [filled("XML8", NGAY_VAO=arrived, NGAY_RA=ended, MA_LOAI_KCB="03", KET_QUA_DTRI="2", NGAY_CT="20261004")],
        "XML9": [filled("XML9", NGAYSINH_NND="19820313", NGAYCAP_CCCD_NND="20210101", NGAY_SINH_CON="202610020300", CAN_NANG_CON="3000")],
        "XML10": [filled("XML10", SO_NGAY="10", **leave)],
        "XML11": [filled("XML11", SO_NGAY_NGHI="10", **leave)],
        "XML13": [filled("XML13", MA_NOI_DEN="20002", MA_LOAI_RV="2", NGAY_VAO=arrived, NGAY_RA=ended)],
        "XML15": [filled("XML15")],
    }  # fmt: skip
    return tables


def check_in():
    return [
        filled(
            "XML0", MA_DICH_VU="02.1897", TEN_DICH_VU="Khám bệnh", NGAY_VAO=ARRIVED,
            NGAY_YL=ARRIVED, MA_LOAI_KCB="08",
        )
    ]  # fmt: skip


def envelope(count="1"):
    return {"MACSKCB": "20001", "NGAYLAP": "20261004", "SOLUONGHOSO": count}


def visit(tables, count=1):
    return Visit(tables, [], envelope(str(count)), count)


def written(tables):
    book = checker().book(ON)
    return write_visit(tables, book.layouts, book.fields, facility="20001", made_on=ON)


def written_check_in():
    book = checker().book(ON)
    return write_check_in(check_in(), book.layouts, book.fields)


def again(content):
    return read(content, checker().book(ON).layouts).visits[0]


def found(tables, count=1):
    """(code, table, field) of each finding."""
    (findings,) = checker().check([visit(tables, count)])
    return [(f.code, f.table, f.field) for f in findings]


@cache
def _base(name):
    return {"station": station, "hospital": hospital}[name]()


def base(name):
    """A copy of a clean visit that a test may break."""
    return deepcopy(_base(name))
