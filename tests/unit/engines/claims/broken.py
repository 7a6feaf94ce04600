"""One fault for each declared check: the base, and the cells to change.

``TABLE.FIELD=value`` changes the first row, ``TABLE.2.FIELD=value`` the second; ``-TABLE`` leaves a
table out, ``+TABLE`` takes it from the hospital's visit, ``TABLE*`` repeats its first row.
"""

import datetime

from tests.unit.engines.claims.making import base, check_in, filled, visit

FAULTS = """
XML0.LY_DO_VNT.required: check-in XML0.NGAY_VAO_NOI_TRU=202610041000
XML0.MA_DICH_VU.required: check-in XML0.MA_DICH_VU=
XML0.TEN_DICH_VU.required: check-in XML0.TEN_DICH_VU=
XML0.MA_THUOC.required: check-in XML0.MA_DICH_VU=
XML0.TEN_THUOC.required: check-in XML0.MA_THUOC=40.800
XML0.MA_VAT_TU.required: check-in XML0.MA_DICH_VU=
XML0.TEN_VAT_TU.required: check-in XML0.MA_VAT_TU=N01
XML0.NGAY_VAO_NOI_TRU.after-arrival: check-in XML0.NGAY_VAO_NOI_TRU=202610040000
XML0.NGAY_YL.after-arrival: check-in XML0.NGAY_YL=202610030000
XML0.STT.increasing: check-in XML0*
XML0.MA_LK.one: check-in XML0* XML0.2.MA_LK=A XML0*
XML1.LY_DO_VNT.required: hospital XML1.LY_DO_VNT=
XML2.SO_DANG_KY.required: station XML2.SO_DANG_KY=
XML2.TT_THAU.required: station XML2.TT_THAU=
XML3.MA_DICH_VU.required: station XML3.MA_DICH_VU=
XML3.MA_VAT_TU.required: station XML3.MA_DICH_VU=
XML3.TEN_VAT_TU.required: station XML3.MA_VAT_TU=N01
XML3.TEN_DICH_VU.required: station XML3.TEN_DICH_VU=
XML3.MA_XANG_DAU.required: station XML3.MA_NHOM=12
XML3.TT_THAU.required: station XML3.MA_NHOM=10
XML3.NGUOI_THUC_HIEN.required: station XML3.2.NGUOI_THUC_HIEN=
XML3.NGAY_TH_YL.required: station XML3.2.NGAY_TH_YL=
XML4.NGAY_KQ.required: station XML4.NGAY_KQ=
XML6.PHACDO_DTRI_LAO.required: hospital XML6.LOAI_DTRI_LAO=2
XML6.NGAYBD_DTRI_LAO.required: hospital XML6.LOAI_DTRI_LAO=2
XML6.NGAYKT_DTRI_LAO.required: hospital XML6.LOAI_DTRI_LAO=2
XML6.LAN_XN_PCR.required: hospital XML6.MA_TINH_TRANG_DK=1;2
XML6.NGAY_XN_PCR.required: hospital XML6.MA_TINH_TRANG_DK=1
XML6.NGAY_KQ_XN_PCR.required: hospital XML6.MA_TINH_TRANG_DK=1
XML6.MA_KQ_XN_PCR.required: hospital XML6.MA_TINH_TRANG_DK=1
XML6.NGAY_BAT_DAU_XU_TRI.required: hospital XML6.MA_XU_TRI=1
XML6.NGAY_KET_THUC_XU_TRI.required: hospital XML6.MA_XU_TRI=1
XML6.SO_NGAY_CAP_THUOC_ARV.required: hospital XML6.MA_XU_TRI=1
XML6.MA_BAC_PHAC_DO.required: hospital XML6.MA_PHAC_DO_DIEU_TRI=KHAC
XML6.NGAYKT_DTRI_LAO.after-start: hospital XML6.NGAYBD_DTRI_LAO=20260201 XML6.NGAYKT_DTRI_LAO=20260101
XML6.NGAY_KQ_XN_TLVR.after-sample: hospital XML6.NGAY_XN_TLVR=20260201 XML6.NGAY_KQ_XN_TLVR=20260101
XML6.NGAY_KQ_XN_PCR.after-sample: hospital XML6.NGAY_XN_PCR=20260201 XML6.NGAY_KQ_XN_PCR=20260101
XML6.NGAY_KET_THUC_XU_TRI.after-start: hospital XML6.NGAY_BAT_DAU_XU_TRI=20260201 XML6.NGAY_KET_THUC_XU_TRI=20260101
XML6.SO_NGAY_CAP_THUOC_ARV.days: hospital XML6.NGAY_BAT_DAU_XU_TRI=20260201 XML6.NGAY_KET_THUC_XU_TRI=20260202 XML6.SO_NGAY_CAP_THUOC_ARV=30
XML6.BDDT_ARV.after-confirmed: hospital XML6.NGAYKD_HIV=20260201 XML6.BDDT_ARV=20260101
XML7.NGUYENNHAN_DINHCHI.required: hospital XML7.MA_DINH_CHI_THAI=1
XML7.THOIGIAN_DINHCHI.required: hospital XML7.MA_DINH_CHI_THAI=1
XML7.TUOI_THAI.required: hospital XML7.MA_DINH_CHI_THAI=1
XML7.TUOI_THAI.range: hospital XML7.TUOI_THAI=50
XML7.SO_NGAY_NGHI.required: hospital XML7.NGOAITRU_TUNGAY=20261005
XML7.NGOAITRU_TUNGAY.required: hospital XML7.SO_NGAY_NGHI=3
XML7.NGOAITRU_DENNGAY.required: hospital XML7.SO_NGAY_NGHI=3
XML7.NGOAITRU_DENNGAY.after-start: hospital XML7.NGOAITRU_TUNGAY=20261005 XML7.NGOAITRU_DENNGAY=20261001
XML7.SO_NGAY_NGHI.days: hospital XML7.NGOAITRU_TUNGAY=20261005 XML7.NGOAITRU_DENNGAY=20261006 XML7.SO_NGAY_NGHI=5
XML7.NGAY_CT.after-arrival: hospital XML7.NGAY_CT=20260101
XML8.NGAY_CT.after-arrival: hospital XML8.NGAY_CT=20260101
XML8.NGAY_CONCHET.after-birth: hospital XML8.NGAY_SINHCON=20261002 XML8.NGAY_CONCHET=20261001
XML9.NGAY_CT.after-arrival: hospital XML9.NGAY_CT=20260101
XML9.NGAY_CT.after-birth: hospital XML9.NGAY_CT=20261001
XML9.NGAY_SINH_CON.in-visit: hospital XML9.NGAY_SINH_CON=202612020300
XML9.NGAYSINH_NND.before-child: hospital XML9.NGAYSINH_NND=20261003
XML9.NGAYCAP_CCCD_NND.after-birth: hospital XML9.NGAYCAP_CCCD_NND=19800101
XML9.GIOI_TINH_CON.mother: hospital XML1.GIOI_TINH=1
XML9.SO_CON_SONG.at-least: hospital XML9.SO_CON=0
XML9.CAN_NANG_CON.believable: hospital XML9.CAN_NANG_CON=3
XML10.NGAY_CT.after-arrival: hospital XML10.NGAY_CT=20260101
XML10.DEN_NGAY.after-start: hospital XML10.DEN_NGAY=20260101
XML10.SO_NGAY.days: hospital XML10.SO_NGAY=3
XML11.NGUYENNHAN_DINHCHI.required: hospital XML11.MA_DINH_CHI_THAI=1
XML11.TUOI_THAI.required: hospital XML11.MA_DINH_CHI_THAI=1
XML11.TUOI_THAI.range: hospital XML11.TUOI_THAI=0
XML11.NGAY_CT.after-arrival: hospital XML11.NGAY_CT=20260101
XML11.DEN_NGAY.after-start: hospital XML11.DEN_NGAY=20260101
XML11.SO_NGAY_NGHI.days: hospital XML11.SO_NGAY_NGHI=3
XML13.MA_LYDO_CT.request: hospital XML1.MA_LOAI_RV=5
XML14.NGAY_CT.after-arrival: station XML14.NGAY_CT=20260101
XML14.NGAY_HEN_KL.after-end: station XML14.NGAY_HEN_KL=202601010800
XML14.NGAY_HEN_KL.planned: station XML14.NGAY_HEN_KL=202611040800
XML15.NGAYKT_DTRI_LAO.after-start: hospital XML15.NGAYKT_DTRI_LAO=20260101
XML2.THANH_TIEN_BV.formula: station XML2.THANH_TIEN_BV=31505.00
XML2.THANH_TIEN_BH.formula: station XML2.THANH_TIEN_BH=31505.00
XML3.THANH_TIEN_BV.formula: station XML3.THANH_TIEN_BV=36505.00
XML3.THANH_TIEN_BH.formula: station XML3.THANH_TIEN_BH=36505.00
XML2.T_NGUONKHAC.sum: station XML2.T_NGUONKHAC=5
XML3.T_NGUONKHAC.sum: station XML3.T_NGUONKHAC_CL=5
XML2.T_NGUONKHAC.range: station XML2.T_NGUONKHAC=50000 XML2.T_NGUONKHAC_CL=50000
XML3.T_NGUONKHAC.range: station XML3.T_NGUONKHAC=50000
XML2.T_BHTT.share: station XML2.T_BHTT=31499.99
XML3.T_BHTT.share: station XML3.T_BHTT=36499.99
XML2.T_BNCCT.share: station XML2.T_BNCCT=1
XML3.T_BNCCT.share: station XML3.T_BNCCT=1
XML2.T_BNTT.share: station XML2.T_BNTT=1
XML3.T_BNTT.share: station XML3.T_BNTT=1
XML2.THANH_TIEN_BH.range: station XML2.TYLE_TT_BH=200 XML2.THANH_TIEN_BH=63000.00
XML3.THANH_TIEN_BH.range: station XML3.DON_GIA_BH=40000 XML3.THANH_TIEN_BH=40000.00
XML3.DON_GIA_BH.above-price: station XML3.DON_GIA_BH=40000
XML1.T_THUOC.sum: station XML1.T_THUOC=1
XML1.T_VTYT.sum: station XML1.T_VTYT=1
XML1.T_TONGCHI_BV.sum: station XML1.T_TONGCHI_BV=1
XML1.T_TONGCHI_BH.sum: station XML1.T_TONGCHI_BH=1
XML1.T_BNTT.sum: station XML1.T_BNTT=1
XML1.T_BNCCT.sum: station XML1.T_BNCCT=1
XML1.T_NGUONKHAC.sum: station XML1.T_NGUONKHAC=1
XML1.T_BHTT.sum: station XML1.T_BHTT=1
XML1.T_BHTT_GDV.sum: station XML1.T_BHTT_GDV=1
XML2.TYLE_TT_BH.range: station XML2.TYLE_TT_BH=101
XML3.TYLE_TT_BH.range: station XML3.TYLE_TT_BH=101
XML2.MUC_HUONG.range: station XML2.MUC_HUONG=101
XML3.MUC_HUONG.range: station XML3.MUC_HUONG=101
XML3.TYLE_TT_DV.range: station XML3.TYLE_TT_DV=101
XML2.SO_LUONG.range: station XML2.SO_LUONG=0
XML3.SO_LUONG.range: station XML3.SO_LUONG=0
XML2.MUC_HUONG.entitled: station XML2.MUC_HUONG=80
XML3.MUC_HUONG.entitled: station XML3.MUC_HUONG=80
XML1.T_BHTT.uninsured: station XML1.MA_DOITUONG_KCB=9
XML2.T_BHTT.outside-scope: station XML2.PHAM_VI=2
XML3.T_BHTT.outside-scope: station XML3.PHAM_VI=2
XML2.T_BHTT.other-funding: station XML2.NGUON_CTRA=3
XML3.T_TRANTT.ceiling: station XML3.GOI_VTYT=G1 XML3.T_TRANTT=200000000
XML3.DON_GIA_BV.not-performed: station XML3.MA_DICH_VU=02.1897_TB
XML3.DON_GIA_BH.unpriced: station XML3.MA_DICH_VU=02.1897.0000
XML2.DON_GIA.one-price: station XML2* XML2.DON_GIA=526
XML1.NGAY_RA.after-arrival: station XML1.NGAY_RA=202601010800
XML1.NGAY_VAO_NOI_TRU.after-arrival: hospital XML1.NGAY_VAO_NOI_TRU=202601010800
XML1.NGAY_VAO_NOI_TRU.before-end: hospital XML1.NGAY_VAO_NOI_TRU=202612010800
XML1.NGAY_TTOAN.after-end: station XML1.NGAY_TTOAN=202601010800
XML1.NGAY_SINH.before-arrival: station XML1.NGAY_SINH=202703130000
XML1.NGAY_SINH.believable: station XML1.NGAY_SINH=188203130000
XML1.NGAY_SINH.newborn-time: station XML1.NGAY_SINH=202610030000
XML1.GT_THE_DEN.after-start: station XML1.GT_THE_DEN=20251231
XML1.NGAY_MIEN_CCT.before-end: station XML1.NGAY_MIEN_CCT=20261231
XML1.NGAY_TAI_KHAM.after-end: station XML1.NGAY_TAI_KHAM=20260101
XML1.THANG_QT.month: station XML1.THANG_QT=13
XML1.THANG_QT.after-end: station XML1.THANG_QT=09
XML1.THANG_QT.late: station XML1.NAM_QT=2027 XML1.THANG_QT=08
XML1.NAM_QT.after-end: station XML1.NAM_QT=2025
XML2.NGAY_YL.after-arrival: station XML2.NGAY_YL=202610030931
XML3.NGAY_YL.after-arrival: station XML3.NGAY_YL=202610030931
XML2.NGAY_YL.before-end: station XML2.NGAY_YL=202610050931
XML3.NGAY_YL.before-end: station XML3.NGAY_YL=202610050931
XML2.NGAY_TH_YL.after-order: station XML2.NGAY_TH_YL=202610040930
XML3.NGAY_TH_YL.after-order: station XML3.NGAY_TH_YL=202610040930
XML2.NGAY_TH_YL.before-end: station XML2.NGAY_TH_YL=202610050930
XML3.NGAY_TH_YL.before-end: station XML3.NGAY_TH_YL=202610050930
XML3.NGAY_KQ.after-order: station XML3.NGAY_KQ=202610030930
XML3.NGAY_KQ.after-performed: station XML3.NGAY_KQ=202610040932
XML3.NGAY_KQ.before-end: station XML3.NGAY_KQ=202610050930
XML4.NGAY_KQ.after-arrival: station XML4.NGAY_KQ=202610030930
XML4.NGAY_KQ.after-order: station XML3.2.NGAY_YL=202610040945 XML4.NGAY_KQ=202610040940
XML4.NGAY_KQ.before-end: station XML4.NGAY_KQ=202610060930
XML5.THOI_DIEM_DBLS.after-arrival: station XML5.THOI_DIEM_DBLS=202610030930
XML5.THOI_DIEM_DBLS.before-end: station XML5.THOI_DIEM_DBLS=202610050930
GIAMDINHHS.NGAYLAP.after-end: station GIAMDINHHS.NGAYLAP=20261003
GIAMDINHHS.MACSKCB.facility: station GIAMDINHHS.MACSKCB=20009
GIAMDINHHS.SOLUONGHOSO.one: station GIAMDINHHS.SOLUONGHOSO=2
GIAMDINHHS.SOLUONGHOSO.single: two GIAMDINHHS.SOLUONGHOSO=2
XML2.STT.first: station XML2.STT=0
XML3.STT.first: station XML3.STT=0
XML4.STT.first: station XML4.STT=2
XML5.STT.first: station XML5.STT=2
XML2.STT.increasing: station XML2.2.STT=1
XML3.STT.increasing: station XML3.2.STT=1
XML4.STT.increasing: station XML4*
XML5.STT.increasing: station XML5*
XML1.MA_DKBD.parallel: station XML1.MA_DKBD=20001;20002
XML1.GT_THE_TU.parallel: station XML1.GT_THE_TU=20260101;20260102
XML1.GT_THE_DEN.parallel: station XML1.GT_THE_DEN=20261231;20261230
XML1.MA_DKBD.with-card: station XML1.MA_DKBD=
XML1.GT_THE_TU.with-card: station XML1.GT_THE_TU=
XML1.MA_THE_BHYT.missing: station XML1.MA_THE_BHYT=
XML1.MA_BENH_KT.most: station XML1.MA_BENH_KT=A00;A01;A02;A03;A04;A05;A06;A07;A08;A09;B01;B02;B03
XML1.MA_BENH_KT.twice: station XML1.MA_BENH_KT=E11.9;E11.9
XML1.MA_BENH_KT.main: station XML1.MA_BENH_KT=E11.9;I10
XML2.MA_THUOC.twice: station XML2*
XML3.MA_DICH_VU.twice: station XML3*
XML4.MA_CHI_SO.twice: station XML4*
XML1.MA_BENH_CHINH.known: station XML1.MA_BENH_CHINH=I16
XML1.MA_BENH_KT.known: station XML1.MA_BENH_KT=E17
XML3.MA_BENH.known: station XML3.MA_BENH=E17
XML1.MA_THE_BHYT.group: station XML1.MA_THE_BHYT=QQ2206992237902
XML1.MA_THE_BHYT.level: station XML1.MA_THE_BHYT=HN4206992237902
XML1.GT_THE_DEN.expired: station XML1.GT_THE_DEN=20260930
XML1.GT_THE_TU.not-yet: station XML1.GT_THE_TU=20261101
XML1.SO_CCCD.sex: station XML1.SO_CCCD=020082037967
XML1.SO_CCCD.birth: station XML1.SO_CCCD=020183037967
XML1.SO_CCCD.province: station XML1.SO_CCCD=000182037967
XML1.SO_NGAY_DTRI.none: station XML1.MA_LOAI_KCB=01
XML1.SO_NGAY_DTRI.stay: hospital XML1.SO_NGAY_DTRI=3
XML1.SO_NGAY_DTRI.drug-days: station XML1.MA_LOAI_KCB=05 XML1.SO_NGAY_DTRI=31
XML1.SO_NGAY_DTRI.drug-days-given: station XML1.MA_LOAI_KCB=05 XML1.SO_NGAY_DTRI=0
XML1.SO_NGAY_DTRI.service-days: station XML1.SO_NGAY_DTRI=2
XML2.DON_GIA.formula: station XML2.DON_GIA=526
XML2.TYLE_TT_BH.formula: station XML2.TYLE_TT_BH=50
XML3.SO_LUONG.formula: station XML3.SO_LUONG=2
XML3.DON_GIA_BV.formula: station XML3.DON_GIA_BV=36501
XML3.TYLE_TT_BH.formula: station XML3.DON_GIA_BH=36501
XML2.MA_PTTT.declared: station XML2.MA_PTTT=2
XML3.MA_PTTT.declared: station XML3.MA_PTTT=2
XML2.LIEU_DUNG.digits: station XML2.LIEU_DUNG=ghi
XML4.GIA_TRI.comma: station XML4.GIA_TRI=8,0
XML1.NGAY_TTOAN.before-file: station XML1.NGAY_TTOAN=202610050800
XML7.NGAY_CT.before-file: hospital XML7.NGAY_CT=20261101
XML8.NGAY_CT.before-file: hospital XML8.NGAY_CT=20261101
XML9.NGAY_CT.before-file: hospital XML9.NGAY_CT=20261101
XML10.NGAY_CT.before-file: hospital XML10.NGAY_CT=20261101
XML11.NGAY_CT.before-file: hospital XML11.NGAY_CT=20261101
XML14.NGAY_CT.before-file: station XML14.NGAY_CT=20261101
XML1.NGAY_VAO.orders: station XML1.NGAY_VAO=202610040940
XML1.NGAY_VAO.drug-orders: station XML1.NGAY_VAO=202610040940
XML2.T_NGUONKHAC_NSNN.sum: station XML2.T_NGUONKHAC_NSNN=5
XML2.T_NGUONKHAC_VTNN.sum: station XML2.T_NGUONKHAC_VTNN=5
XML2.T_NGUONKHAC_VTTN.sum: station XML2.T_NGUONKHAC_VTTN=5
XML2.T_NGUONKHAC_CL.sum: station XML2.T_NGUONKHAC_CL=5
XML3.T_NGUONKHAC_NSNN.sum: station XML3.T_NGUONKHAC_NSNN=5
XML3.T_NGUONKHAC_VTNN.sum: station XML3.T_NGUONKHAC_VTNN=5
XML3.T_NGUONKHAC_VTTN.sum: station XML3.T_NGUONKHAC_VTTN=5
XML3.T_NGUONKHAC_CL.sum: station XML3.T_NGUONKHAC_CL=5
XML7.NGAY_VAO.admitted: hospital XML7.NGAY_VAO=202610010801
XML8.NGAY_VAO.admitted: hospital XML8.NGAY_VAO=202610010801
XML1.MA_LOAI_KCB.under-4-hours: station XML1.MA_LOAI_KCB=03
XML1.MA_LOAI_KCB.over-4-hours: hospital XML1.MA_LOAI_KCB=09
XML1.NGAY_VAO_NOI_TRU.inpatient: hospital XML1.NGAY_VAO_NOI_TRU=
XML3.MA_DICH_VU.long-term: station XML1.MA_LOAI_KCB=05
XML1.MA_LOAI_KCB.pick-up: station XML1.MA_LOAI_KCB=07
XML1.MA_LOAI_KCB.drugs: station XML1.MA_LOAI_KCB=07 -XML2
XML1.MA_LOAI_KCB.progress: station -XML5
XML1.MA_LOAI_KCB.summary: hospital -XML8
XML1.MA_LOAI_RV.referral-letter: hospital -XML13
XML1.MA_LOAI_RV.no-referral: hospital XML1.MA_LOAI_RV=1
XML1.MA_NOI_DEN.referred: hospital XML1.MA_NOI_DEN=
XML1.NGAY_TAI_KHAM.slip: station XML1.NGAY_TAI_KHAM=20261103;20261203
XML1.NGAY_TAI_KHAM.no-slip: station -XML14
XML1.CAN_NANG_CON.birth: station XML1.CAN_NANG_CON=3000
XML1.CAN_NANG_CON.missing: hospital XML1.CAN_NANG_CON=
XML1.CAN_NANG.believable: station XML1.CAN_NANG=3000
XML1.MA_BENH_CHINH.sex: station XML1.MA_BENH_CHINH=N40
XML1.MA_BENH_KT.sex: station XML1.MA_BENH_KT=C61
XML1.MA_BENH_CHINH.age: station XML1.MA_BENH_CHINH=P22.0
XML1.MA_BENH_CHINH.main: station XML1.MA_BENH_CHINH=W19
XML1.KET_QUA_DTRI.death-code: station XML1.MA_BENH_CHINH=R96.0
XML1.MA_KHOA.lines: station XML1.MA_KHOA=K02
XML3.MA_BENH.of-visit: station XML3.MA_BENH=J18.9
XML4.MA_DICH_VU.ordered: station XML4.MA_DICH_VU=23.0001.1494
XML3.MA_DICH_VU.result: station -XML4
XML3.MA_XANG_DAU.transport: station XML3.MA_DICH_VU=VC.20001
XML3.MA_NHOM.transport: station XML3.MA_DICH_VU=VC.20001
XML3.MA_NHOM.supply: station XML3.MA_VAT_TU=N01 XML3.MA_DICH_VU=
XML2.SO_LUONG.dose: station XML2.SO_LUONG=90
XML2.TT_THAU.parts: station XML2.TT_THAU=QĐ1
XML5.DIEN_BIEN_LS.vitals: station "XML5.DIEN_BIEN_LS=HA: 80/120"
XML1.GIAY_CHUYEN_TUYEN.referred-in: hospital XML1.GIAY_CHUYEN_TUYEN=
XML1.MA_NOI_DI.referred-in: hospital XML1.MA_NOI_DI=
XML1.MA_NOI_DEN.other: hospital XML1.MA_NOI_DEN=20001
XML1.MA_DKBD.other-place: station XML1.MA_DOITUONG_KCB=1.1 XML1.MA_DKBD=20002
XML3.MA_NHOM.two-exams: station XML3*
XML3.MA_DICH_VU.twice-a-day: station XML3* XML3.MA_NHOM=1 XML3.3.MA_NHOM=1 XML3.3.NGAY_YL=202610040940
XML6.NGAYKT_DTRI_LAO.in-life: hospital XML6.NGAYKT_DTRI_LAO=19700101
XML6.NGAY_BAT_DAU_XU_TRI.in-life: hospital XML6.NGAY_BAT_DAU_XU_TRI=19700101
XML6.NGAY_KET_THUC_XU_TRI.in-life: hospital XML6.NGAY_KET_THUC_XU_TRI=19700101
XML6.SO_CCCD.person: hospital XML6.SO_CCCD=020182037968
XML6.MA_THE_BHYT.person: hospital XML6.MA_THE_BHYT=HN2206992237903
XML8.NGAY_CONCHET.in-life: hospital XML8.NGAY_CONCHET=19700101
XML9.NGAYSINH_NND.mother: hospital XML9.NGAYSINH_NND=20000101
XML9.SO_CCCD_NND.mother: hospital XML9.SO_CCCD_NND=020182037968
XML11.MA_THE_BHYT.person: hospital XML11.MA_THE_BHYT=HN2206992237903
XML15.NGAYKT_DTRI_LAO.in-life: hospital XML15.NGAYKT_DTRI_LAO=19700101
XML15.STT.positive: hospital XML15.STT=0
XML1.STT.positive: station XML1.STT=0
XML1.NGAY_VAO.one-day: station XML1.MA_LOAI_KCB=01 XML1.NGAY_VAO=202610020931
XML1.NGAY_VAO.long: station XML1.NGAY_VAO=202508300931
XML1.CAN_NANG_CON.of-certificates: hospital XML1.CAN_NANG_CON=3100
XML1.CAN_NANG.two-decimals: station XML1.CAN_NANG=55.1
XML3.TT_THAU.parts: station XML3.TT_THAU=QĐ1
XML6.NGAYKD_HIV.in-life: hospital XML6.NGAYKD_HIV=20270101
XML6.BDDT_ARV.in-life: hospital XML6.BDDT_ARV=19700101
XML6.NGAYBD_DTRI_LAO.in-life: hospital XML6.NGAYBD_DTRI_LAO=20270101
XML6.NGAY_XN_TLVR.in-life: hospital XML6.NGAY_XN_TLVR=20270101
XML6.NGAY_KQ_XN_TLVR.in-life: hospital XML6.NGAY_KQ_XN_TLVR=20270101
XML6.NGAY_XN_PCR.in-life: hospital XML6.NGAY_XN_PCR=20270101
XML6.NGAY_KQ_XN_PCR.in-life: hospital XML6.NGAY_KQ_XN_PCR=20270101
XML6.NGAY_NHAN_TT_MANG_THAI.in-life: hospital XML6.NGAY_NHAN_TT_MANG_THAI=19700101
XML6.NGAY_BAT_DAU_DT_CTX.in-life: hospital XML6.NGAY_BAT_DAU_DT_CTX=20270101
XML6.NGAY_CHUYEN_PHAC_DO.in-life: hospital XML6.NGAY_CHUYEN_PHAC_DO=20270101
XML7.THOIGIAN_DINHCHI.in-life: hospital XML7.THOIGIAN_DINHCHI=202701010000
XML7.NGOAITRU_TUNGAY.after-arrival: hospital XML7.NGOAITRU_TUNGAY=20260901
XML8.NGAY_SINHCON.in-life: hospital XML8.NGAY_SINHCON=20270101
XML8.NGAY_CONCHET.before-paper: hospital XML8.NGAY_CONCHET=20270101
XML9.NGAYCAP_CCCD_NND.before-paper: hospital XML9.NGAYCAP_CCCD_NND=20270101
XML9.NGAY_SINH_CON.near-visit: hospital XML9.NGAY_SINH_CON=202601010000
XML9.NGAYSINH_NND.age: hospital XML9.NGAYSINH_NND=20200101
XML10.TU_NGAY.after-arrival: hospital XML10.TU_NGAY=20260901
XML11.TU_NGAY.after-arrival: hospital XML11.TU_NGAY=20260901
XML15.NGAYBD_DTRI_LAO.in-life: hospital XML15.NGAYBD_DTRI_LAO=20270101
XML15.NGAYKD_HIV.in-life: hospital XML15.NGAYKD_HIV=20270101
XML15.BDDT_ARV.in-life: hospital XML15.BDDT_ARV=20270101
XML15.BDDT_ARV.after-confirmed: hospital XML15.NGAYKD_HIV=20260301 XML15.BDDT_ARV=20260101
XML15.NGAY_BAT_DAU_DT_CTX.in-life: hospital XML15.NGAY_BAT_DAU_DT_CTX=20270101
XML1.NAM_NAM_LIEN_TUC.after-birth: station XML1.NAM_NAM_LIEN_TUC=19700101
XML1.NGAY_MIEN_CCT.after-five-years: station XML1.NGAY_MIEN_CCT=20260101 XML1.NAM_NAM_LIEN_TUC=20260201
XML1.NGAY_MIEN_CCT.year: station XML1.NGAY_MIEN_CCT=20250101
XML1.GT_THE_TU.after-birth: station XML1.GT_THE_TU=19700101
XML1.NGAY_TAI_KHAM.near: station XML1.NGAY_TAI_KHAM=20301103
XML2.STT.gapless: station XML2.2.STT=3
XML3.STT.gapless: station XML3.2.STT=3
XML4.STT.gapless: station XML4* XML4.2.STT=3
XML5.STT.gapless: station XML5* XML5.2.STT=3
"""


def faults():
    """Code of the check -> the visit that breaks it."""
    broken = {}
    for text in FAULTS.strip().splitlines():
        code, _, change = text.partition(": ")
        broken[code] = _changed(change)
    for number in (*range(2, 12), 13, 14, 15):
        tables = base("hospital")
        tables[f"XML{number}"][0]["MA_LK"] = "other"
        broken[f"XML{number}.MA_LK.one"] = visit(tables)
    tables = base("hospital")
    tables["XML1"][0]["MA_LK"] = "other"
    broken["XML1.MA_LK.one"] = visit(tables)
    return broken


def _changed(change):
    name, _, rest = change.partition(" ")
    tables = (
        {"XML0": check_in()} if name == "check-in" else base({"two": "station"}.get(name, name))
    )
    around = visit(tables, 2 if name == "two" else 1)
    parts = [rest.strip('"')] if rest.startswith('"') else rest.split()
    for part in parts:
        if part.startswith("-"):
            del tables[part[1:]]
        elif part.endswith("*"):
            tables[part[:-1]].append(dict(tables[part[:-1]][0]))
        else:
            cell, _, value = part.partition("=")
            where = cell.split(".")
            if where[0] == "GIAMDINHHS":
                around.envelope[where[1]] = value
            else:
                row = int(where[1]) - 1 if len(where) == 3 else 0
                tables[where[0]][row][where[-1]] = value
    return around


def of_board():
    """A table that is typed on the portal; it is only here so that its fields can be broken."""
    return filled("XML12")


TODAY = datetime.date(2026, 10, 4)
